/** What is used of it; the package brings no types. */
declare module 'jstat' {
  interface StudentT {
    cdf(x: number, degrees: number): number;
    inv(p: number, degrees: number): number;
  }
  const jstat: { jStat: { studentt: StudentT } };
  export default jstat;
}
