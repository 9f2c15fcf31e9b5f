/**
 * Words that the lists of leaked passwords are full of, by themselves, doubled, or with digits and signs around them.
 * Only what remains of at least eight characters matters, so short ones stand here for what people add to them.
 */
const WORDS = new Set(
  `password passwort passw0rd kennwort motdepasse contrasena wachtwoord senha parola geheim secret letmein welcome willkommen bienvenue
  admin administrator root user guest test tester testing demo sample example default changeme change changeit temp temporary
  login logon signin access enter hello hallo master manager system server service support supervisor operator oracle postgres mysql
  redis mongo mongodb docker kubernetes ubuntu debian linux windows microsoft google facebook amazon apple samsung internet computer
  laptop network security secure private public office company business qwerty qwertz azerty asdfgh zxcvbn yxcvbn qazwsx qweasd
  iloveyou ilove loveyou lovely love sweet honey baby babygirl angel princess prince queen king dragon monkey tiger lion eagle falcon
  shadow sunshine flower summer winter spring autumn sommer fruehling herbst january february march april may june july august
  september october november december monday tuesday wednesday thursday friday saturday sunday football baseball basketball hockey
  soccer liverpool chelsea arsenal barcelona juventus bayern realmadrid superman batman spiderman starwars pokemon pikachu naruto
  minecraft fortnite nintendo playstation matrix trustno trustnoone whatever nothing forever freedom michael jennifer jordan jessica
  thomas charlie daniel andrew joshua matthew robert william george ashley amanda nicole hannah maria anna laura sarah peter martin
  stefan christian alexander mercedes porsche ferrari yamaha harley corvette mustang chocolate cookie coffee banana orange pepper
  ginger butter cheese pizza purple yellow silver golden diamond money dollar lucky killer hunter ranger soldier warrior wizard
  mlexperimenter experimenter mlexp machinelearning deeplearning pytorch tensorflow keras python javascript jupyter notebook anaconda
  abc abcd abcde abcdef abcdefg abcdefgh xyz foo bar foobar baz qux asdf jkl`.split(/\s+/),
);

/** Rows of keyboards, the alphabet and digits: a piece of one is no secret in either direction. */
const ROWS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujm',
].flatMap((row) => [row, [...row].reverse().join('')]);
/** From this length a piece of a row counts as one. */
const PIECE = 3;

const LETTERS: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/**
 * Whether many would try this password among the first: a word of the lists with the usual decoration, a row of keys,
 * or a piece that is repeated. The login and the name of the product count as words. Takes time linear in the password.
 */
export function isCommonPassword(password: string, login = ''): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  const words = login === '' ? WORDS : new Set([...WORDS, bare(login.toLowerCase())]);
  return (
    [lower, unleet(lower), unleet(core(lower))].some((text) => {
      const letters = bare(text);
      return letters.length === 0 ? isRow(lower) : isWords(letters, words) || isRow(text) || isRow(letters);
    }) ||
    isRow(lower) ||
    isRepeated(lower)
  );
}

const unleet = (text: string): string => [...text].map((sign) => LETTERS[sign] ?? sign).join('');

/** Without digits and signs at both ends. */
const core = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

/** Without digits and signs at both ends and between words. */
const bare = (text: string): string => text.replace(/[^\p{L}]+/gu, '');

/** One word, or the same one or two of the list after the other. */
function isWords(letters: string, words: ReadonlySet<string>): boolean {
  if (words.has(letters)) return true;
  for (let at = 1; at < letters.length; at++)
    if (words.has(letters.slice(0, at)) && words.has(letters.slice(at))) return true;
  return false;
}

/** Made of pieces of rows only, such as 12345678, qwer1234 or asdfghjkl. */
function isRow(text: string): boolean {
  const signs = text.replace(/[^\p{L}\p{N}]+/gu, '');
  if (signs.length === 0) return true;
  for (let at = 0; at < signs.length;) {
    let length = PIECE;
    if (!ROWS.some((row) => row.includes(signs.slice(at, at + length))) || at + length > signs.length) return false;
    while (at + length < signs.length && ROWS.some((row) => row.includes(signs.slice(at, at + length + 1)))) length++;
    at += length;
  }
  return true;
}

/** Of at most four characters again and again, such as aaaaaaaa or abc1abc1. */
function isRepeated(text: string): boolean {
  return [1, 2, 3, 4].some(
    (size) =>
      text.length >= 2 * size &&
      text ===
        text
          .slice(0, size)
          .repeat(Math.ceil(text.length / size))
          .slice(0, text.length),
  );
}
