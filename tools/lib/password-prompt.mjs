import { emitKeypressEvents } from 'node:readline';
import { Refusal } from './refusal.mjs';

/**
 * Asks twice on the terminal, without an echo.
 * @param {string} login
 * @returns {Promise<string>}
 */
export async function askPassword(login) {
  const first = await ask(`Password for ${login}: `);
  const second = await ask('The same again: ');
  if (first !== second) throw new Refusal('The two passwords differ. Nothing was changed.');
  return first;
}

/** @param {string} question @returns {Promise<string>} */
function ask(question) {
  const { stdin, stdout } = process;
  stdout.write(question);
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const done = (/** @type {() => void} */ settle) => {
      stdin.off('keypress', onKey);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.write('\n');
      settle();
    };
    /** @param {string | undefined} character @param {{ name?: string, ctrl?: boolean }} key */
    const onKey = (character, key) => {
      if (key.ctrl && (key.name === 'c' || key.name === 'd')) done(() => reject(new Refusal('Nothing was changed.')));
      else if (key.name === 'return' || key.name === 'enter') done(() => resolve(typed));
      else if (key.name === 'backspace') typed = [...typed].slice(0, -1).join('');
      else if (character && !key.ctrl && character >= ' ') typed += character;
    };
    stdin.on('keypress', onKey);
  });
}
