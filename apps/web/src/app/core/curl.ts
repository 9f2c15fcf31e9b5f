/** A word as a POSIX shell takes it, whatever it holds. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The same request on a command line. The token is a variable: a copied command is pasted into chats and scripts. */
export function curlCommand(method: string, url: string, body?: object): string {
  const parts = ['curl', ...(method === 'GET' || body ? [] : ['-X', method]), '-H "Authorization: Bearer $MLE_TOKEN"'];
  if (body) parts.push("-H 'Content-Type: application/json'", `-d ${shellWord(JSON.stringify(body))}`);
  return [...parts, shellWord(url)].join(' ');
}
