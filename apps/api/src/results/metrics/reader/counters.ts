/** The course of one kind of step. */
interface Course {
  /** What was counted before the last restart. */
  base: number;
  last: number;
  stride: number;
  epoch: number | null;
}

export type CountersState = [key: string, course: Course][];

const MOST = 200;

/** Steps that begin anew in each epoch go on where the epoch before ended. */
export class Counters {
  private readonly courses: Map<string, Course>;

  constructor(state: CountersState = []) {
    this.courses = new Map(state.map(([key, course]) => [key, { ...course }]));
  }

  get state(): CountersState {
    return [...this.courses].map(([key, course]) => [key, { ...course }]);
  }

  /**
   * The place of a step in the whole training. `epoch`: where it is known. `local`: the step is one of a batch or a
   * bar, which begin anew though no epoch is told; other steps that go back without one were printed so by a training
   * that resumed.
   */
  place(
    key: string,
    step: number,
    { total, epoch, local }: { total: number | null; epoch: number | null; local: boolean },
  ): number {
    const course = this.courses.get(key);
    if (!course) {
      if (this.courses.size < MOST) this.courses.set(key, { base: 0, last: step, stride: 0, epoch });
      return step;
    }
    const newEpoch = epoch !== null && course.epoch !== null && epoch !== course.epoch;
    if ((newEpoch && step <= course.last) || (local && epoch === null && step < course.last)) {
      const epochs =
        newEpoch && epoch - (course.epoch ?? 0) > 0 ? Math.max(1, Math.round(epoch - (course.epoch ?? 0))) : 1;
      course.base +=
        total !== null && total >= course.last
          ? total * epochs
          : Math.max(1, course.last + course.stride - Math.min(step, course.stride));
    } else if (step > course.last) course.stride = step - course.last;
    course.last = step;
    course.epoch = epoch;
    return course.base + step;
  }
}
