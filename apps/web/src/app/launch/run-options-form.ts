import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { ParamCheck } from './param-check';
import { moreSummary, type RunOptions, summary } from './run-options';
import { RunOptionsStore } from './run-options-store';

const SELDOM: readonly (keyof RunOptions)[] = ['env', 'retries', 'priority', 'tags', 'labels', 'gpus'];

/** Arguments, parameters, seed and limits of the next run, folded away. */
@Component({
  selector: 'mle-run-options-form',
  imports: [Icon, NgTemplateOutlet, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-options-form.html',
  styleUrl: './run-options-form.scss',
})
export class RunOptionsForm {
  /** Whether there is a pool, whose machine is chosen by what a run needs. */
  readonly pools = input(false);
  protected readonly store = inject(RunOptionsStore);
  protected readonly check = inject(ParamCheck);
  protected readonly options = this.store.options;
  protected readonly text = computed(() => summary(this.options()));
  protected readonly moreText = computed(() => moreSummary(this.options()));
  protected readonly errors = computed(() => this.store.read().errors);
  protected readonly more = signal(false);
  /** A mistake is never folded away. */
  protected readonly shown = computed(() => this.more() || SELDOM.some((key) => this.errors()[key] !== undefined));
}
