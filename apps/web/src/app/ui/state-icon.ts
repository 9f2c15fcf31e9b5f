import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { RunState } from '@mle/protocol';

export type StateShape = RunState | 'online' | 'offline' | 'draining' | 'busy';
type Role = 'idle' | 'running' | 'success' | 'warning' | 'danger';

const ROLES: Record<StateShape, Role> = {
  queued: 'idle',
  assigned: 'idle',
  preparing: 'running',
  running: 'running',
  stopping: 'warning',
  succeeded: 'success',
  failed: 'danger',
  stopped: 'idle',
  timed_out: 'warning',
  lost: 'warning',
  online: 'success',
  busy: 'running',
  offline: 'idle',
  draining: 'warning',
};

/** The state as a shape of its own, so that colour never carries the meaning alone. The word stands beside it. */
@Component({
  selector: 'mle-state-icon',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true', '[class]': '"role-" + role()' },
  template: `
    <svg viewBox="0 0 14 14">
      @switch (state()) {
        @case ('queued') {
          <circle cx="7" cy="7" r="5" stroke-dasharray="2.1 2.1" />
        }
        @case ('assigned') {
          <circle cx="7" cy="7" r="5" />
          <circle class="area" cx="7" cy="7" r="1.6" />
        }
        @case ('preparing') {
          <circle cx="7" cy="7" r="5" class="faint" />
          <path d="M7 2a5 5 0 0 1 5 5M7 4.4v4.1M5.3 7L7 8.7 8.7 7" />
        }
        @case ('stopping') {
          <circle cx="7" cy="7" r="5" class="faint" />
          <path class="turns" d="M7 2a5 5 0 0 1 5 5" />
          <rect class="area" x="5" y="5" width="4" height="4" rx=".6" />
        }
        @case ('succeeded') {
          <circle class="area" cx="7" cy="7" r="5.8" />
          <path class="cut-out" d="M4.5 7.2l1.8 1.8 3.2-3.6" />
        }
        @case ('failed') {
          <path class="area" d="M4.6 1.3h4.8l3.3 3.3v4.8l-3.3 3.3H4.6L1.3 9.4V4.6z" />
          <path class="cut-out" d="M5.1 5.1l3.8 3.8M8.9 5.1L5.1 8.9" />
        }
        @case ('stopped') {
          <rect x="2" y="2" width="10" height="10" rx="2" />
          <rect class="area" x="5" y="5" width="4" height="4" rx=".6" />
        }
        @case ('timed_out') {
          <circle cx="7" cy="7" r="5.2" />
          <path d="M7 4v3.2l2 1.3" />
        }
        @case ('lost') {
          <path d="M7 1.5L12.5 7 7 12.5 1.5 7zM7 4.6v2.8M7 9.4h.01" />
        }
        @case ('online') {
          <circle class="area" cx="7" cy="7" r="3.5" />
        }
        @case ('offline') {
          <circle cx="7" cy="7" r="3.5" />
          <path d="M3 11l8-8" />
        }
        @case ('draining') {
          <circle cx="7" cy="7" r="5" stroke-dasharray="2.1 2.1" />
          <circle class="area" cx="7" cy="7" r="2" />
        }
        @default {
          <circle cx="7" cy="7" r="5" class="faint" />
          <path class="turns" d="M7 2a5 5 0 1 1-4.3 2.5" />
          <path class="area" d="M5.9 4.9v4.2L9.2 7z" />
        }
      }
    </svg>
  `,
  styles: `
    :host {
      display: inline-block;
      width: 14px;
      height: 14px;
      flex: none;
      color: var(--role);
      line-height: 0;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.5;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    .faint {
      opacity: 0.35;
    }
    .area {
      fill: currentColor;
      stroke: none;
    }
    .cut-out {
      stroke: var(--surface);
    }
    .turns {
      transform-origin: 7px 7px;
    }
    @media (prefers-reduced-motion: no-preference) {
      .turns {
        animation: turn 1.4s linear infinite;
      }
    }
    @keyframes turn {
      to {
        transform: rotate(360deg);
      }
    }
  `,
})
export class StateIcon {
  readonly state = input.required<StateShape>();
  protected readonly role = computed(() => ROLES[this.state()]);
}

export const roleOf = (state: StateShape): string => `role-${ROLES[state]}`;

/** The state's word for a person. */
export const stateWord = (state: StateShape): string => state.replace('_', ' ');
