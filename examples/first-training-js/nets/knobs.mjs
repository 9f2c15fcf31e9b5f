/**
 * The constants of a program, with those replaced that this run was given another value for.
 * The parameter `hidden` of a run arrives as MLE_PARAM_HIDDEN. It takes the type of the constant.
 */
export function varied(constants) {
  const entries = Object.entries(constants).map(([name, value]) => {
    const text = process.env[`MLE_PARAM_${name.toUpperCase()}`];
    if (text === undefined) return [name, value];
    if (typeof value !== 'number') return [name, text];
    if (!Number.isFinite(Number(text))) throw new Error(`${name} is "${text}": give a number`);
    return [name, Number(text)];
  });
  return Object.fromEntries(entries);
}
