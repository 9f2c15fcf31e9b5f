import MarkdownIt from 'markdown-it';

/** The folder of a file, with a slash at its end; empty at the top. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The file that a link of `from` means; null where it leads out of the project, or to a place of its own page. */
export function linkedFile(from: string, href: string): string | null {
  if (/^([a-z][a-z0-9+.-]*:|\/|#)/i.test(href)) return null;
  const parts: string[] = [];
  for (const part of `${folderOf(from)}${href.replace(/[?#].*$/, '')}`.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '' && part !== '.') parts.push(decoded(part));
  }
  return parts.length > 0 ? parts.join('/') : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * Markdown as HTML. HTML within it stays text, and addresses of scripts are no links; what is made of it still goes
 * through the sanitiser of the page. `contents` is where those of a file of the project are, `page` where it is opened.
 */
export function renderMarkdown(
  text: string,
  path: string,
  { contents, page }: { contents: (path: string) => string; page: (path: string) => string },
): string {
  const markdown = new MarkdownIt({ html: false, linkify: true });
  const { rules } = markdown.renderer;
  const [image, linkOpen] = [rules['image'], rules['link_open']];
  rules['image'] = (tokens, at, options, env, self) => {
    const token = tokens[at];
    const file = linkedFile(path, String(token?.attrGet('src') ?? ''));
    if (file !== null) token?.attrSet('src', contents(file));
    return image?.(tokens, at, options, env, self) ?? self.renderToken(tokens, at, options);
  };
  rules['link_open'] = (tokens, at, options, env, self) => {
    const token = tokens[at];
    const file = linkedFile(path, String(token?.attrGet('href') ?? ''));
    if (file === null) {
      token?.attrSet('target', '_blank');
      token?.attrSet('rel', 'noopener noreferrer');
    } else token?.attrSet('href', page(file));
    return linkOpen?.(tokens, at, options, env, self) ?? self.renderToken(tokens, at, options);
  };
  return markdown.render(text);
}
