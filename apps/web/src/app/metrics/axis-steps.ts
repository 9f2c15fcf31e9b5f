/** Of a time axis, in seconds: its labels are whole parts of a minute or an hour. */
const TIME_STEPS = [
  0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800,
];

/** Of all other axes, as uPlot has them; those of steps and epochs are whole. */
const NUMBER_STEPS = Array.from({ length: 40 }, (_, i) => [1, 2, 2.5, 5].map((m) => Number(`${m}e${i - 16}`))).flat();
const WHOLE_STEPS = NUMBER_STEPS.filter(Number.isInteger);

/** By which the labels of an x axis may lie apart; `whole`: it has whole numbers only, such as epochs. */
export const stepsOf = (isTime: boolean, whole: boolean): number[] =>
  isTime ? TIME_STEPS : whole ? WHOLE_STEPS : NUMBER_STEPS;
