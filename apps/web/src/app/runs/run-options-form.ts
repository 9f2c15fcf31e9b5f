import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Icon } from '../ui/icon';
import { summary } from './run-options';
import { RunOptionsStore } from './run-options-store';

/** Arguments, parameters, seed and limits of the next run, folded away. */
@Component({
  selector: 'mle-run-options-form',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button type="button" class="fold" [attr.aria-expanded]="store.open()" aria-controls="run-options" (click)="store.open.set(!store.open())">
      <mle-icon [name]="store.open() ? 'chevronDown' : 'chevronRight'" />
      <span>Run options</span>
      <span class="summary cut">{{ text() }}</span>
    </button>
    @if (store.open()) {
      <div class="fields" id="run-options">
        <label class="field">
          <span class="label">Arguments</span>
          <input #args class="input small mono" type="text" spellcheck="false" autocomplete="off" placeholder="--verbose" [value]="store.options().args" [attr.aria-invalid]="!!errors().args" (input)="store.change({ args: args.value })" />
          @if (errors().args; as error) {
            <span class="field-error">{{ error }}</span>
          }
        </label>
        <label class="field">
          <span class="label">Parameters, one name=value per line</span>
          <textarea #params class="input mono" rows="2" spellcheck="false" placeholder="learning_rate=0.1" [value]="store.options().params" [attr.aria-invalid]="!!errors().params" (input)="store.change({ params: params.value })"></textarea>
          @if (errors().params; as error) {
            <span class="field-error">{{ error }}</span>
          }
        </label>
        <div class="two">
          <label class="field">
            <span class="label">Seed</span>
            <input #seed class="input small" type="text" inputmode="numeric" autocomplete="off" placeholder="0" [value]="store.options().seed" [attr.aria-invalid]="!!errors().seed" (input)="store.change({ seed: seed.value })" />
            @if (errors().seed; as error) {
              <span class="field-error">{{ error }}</span>
            }
          </label>
          <label class="field">
            <span class="label">Time limit</span>
            <input #limit class="input small" type="text" autocomplete="off" placeholder="none" title="Minutes, or 90 s, 2 h, 1:30:00" [value]="store.options().timeLimit" [attr.aria-invalid]="!!errors().timeLimit" (input)="store.change({ timeLimit: limit.value })" />
            @if (errors().timeLimit; as error) {
              <span class="field-error">{{ error }}</span>
            }
          </label>
        </div>
        <label class="check"><input #clean type="checkbox" [checked]="store.options().clean" (change)="store.change({ clean: clean.checked })" />Without files that earlier runs wrote</label>
      </div>
    }
  `,
  styles: `
    .fold {
      display: flex;
      align-items: center;
      gap: 6px;
      width: 100%;
      min-height: 36px;
      padding: 0 12px;
      border: 0;
      border-top: 1px solid var(--border);
      background: none;
      text-align: left;
      outline-offset: -2px;
      &:hover {
        background: var(--hover);
      }
    }
    .fold mle-icon {
      margin-left: -2px;
    }
    .summary {
      margin-left: auto;
      font: var(--text-12);
      color: var(--text-muted);
    }
    .fields {
      display: grid;
      gap: 10px;
      padding: 4px 12px 12px;
    }
    .two {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 8px;
      align-items: start;
    }
    @media (max-width: 719px) {
      .fold {
        min-height: 44px;
      }
    }
  `,
})
export class RunOptionsForm {
  protected readonly store = inject(RunOptionsStore);
  protected readonly text = computed(() => summary(this.store.options()));
  protected readonly errors = computed(() => this.store.read().errors);
}
