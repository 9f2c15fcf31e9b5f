import { saveFile } from './save-file';

const TITLE_PX = 28;
const MARGIN_PX = 12;

/** The chart as it is drawn now, under its title, on the page's own ground. */
export function savePng(title: string, host: HTMLElement): void {
  const drawn = host.querySelector('canvas');
  if (!drawn) return;
  const ratio = drawn.width / Math.max(1, drawn.clientWidth);
  const style = getComputedStyle(host);
  const picture = document.createElement('canvas');
  picture.width = drawn.width;
  picture.height = drawn.height + TITLE_PX * ratio;
  const context = picture.getContext('2d');
  if (!context) return;
  context.fillStyle = style.getPropertyValue('--surface').trim();
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = style.getPropertyValue('--text').trim();
  context.font = `600 ${13 * ratio}px ${style.fontFamily}`;
  context.fillText(title, MARGIN_PX * ratio, 18 * ratio);
  context.drawImage(drawn, 0, TITLE_PX * ratio);
  picture.toBlob((blob) => blob && saveFile(title, 'png', blob), 'image/png');
}
