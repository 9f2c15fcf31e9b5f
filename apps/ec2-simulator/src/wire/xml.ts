type XmlValue = string | number | boolean | Date | null | undefined | XmlValue[] | XmlObject;
export interface XmlObject {
  [name: string]: XmlValue;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Members of an element. A list is written as one element with an `<item>` for each; null as an empty element. */
export function toXml(object: XmlObject): string {
  let text = '';
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) text += `<${name}>${content(value)}</${name}>`;
  }
  return text;
}

function content(value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => `<item>${content(item)}</item>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return toXml(value);
  return escapeXml(String(value));
}

/** XML 1.0 has no way at all to write most control characters. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)
    .replace(/\p{Cc}/gu, (sign) => ('\t\n\r'.includes(sign) ? sign : '?'));
}
