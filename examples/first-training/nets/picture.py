"""What the network knows, as a picture: which class it would give each place. A PNG writer in plain Python."""
import struct
import zlib

# From class 0 to class 1, by the probability of class 1.
SHADES = [(236, 174, 103), (243, 203, 152), (249, 228, 200), (222, 230, 246), (178, 198, 241), (128, 158, 238)]
DOTS = [(146, 74, 10), (29, 62, 176)]
WHITE = (255, 255, 255)
LEFT, RIGHT, LOW, HIGH = -1.8, 2.8, -1.5, 2.0
CELLS = 46, 35   # places where the network is asked
PART = 5         # pixels between two of them


def save_boundary(path, net, points):
    """Draws the shades of the network's answers, and some of the points on them."""
    columns, rows = CELLS
    step = (RIGHT - LEFT) / columns
    asked = [[net.forward((LEFT + i * step, HIGH - j * step))[-1][0] for i in range(columns + 1)]
             for j in range(rows + 1)]
    pixels = [[between(asked, x, y) for x in range(columns * PART)] for y in range(rows * PART)]
    for (x, y), kind in points[:120]:
        dot(pixels, round((x - LEFT) / step * PART), round((HIGH - y) / step * PART), DOTS[kind])
    write_png(path, pixels)


def between(asked, x, y):
    """The shade of a pixel, from the four places around it."""
    i, j = x // PART, y // PART
    right, down = x % PART / PART, y % PART / PART
    upper = asked[j][i] * (1 - right) + asked[j][i + 1] * right
    lower = asked[j + 1][i] * (1 - right) + asked[j + 1][i + 1] * right
    return SHADES[min(int((upper * (1 - down) + lower * down) * len(SHADES)), len(SHADES) - 1)]


def dot(pixels, x, y, colour):
    for dy in range(-3, 4):
        for dx in range(-3, 4):
            away = dx * dx + dy * dy
            if away <= 10 and 0 <= y + dy < len(pixels) and 0 <= x + dx < len(pixels[0]):
                pixels[y + dy][x + dx] = colour if away <= 5 else WHITE


def write_png(path, pixels):
    """The smallest PNG that can hold rows of (red, green, blue)."""
    rows = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in pixels)
    head = struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
