import { Injectable } from '@nestjs/common';
import { AttemptMessages } from './attempt-messages.js';
import { type LinkMessages, refuseDoubles } from './link-message.js';
import { MachineMessages } from './machine-messages.js';
import { ResultMessages } from './result-messages.js';

/** What each message of a worker means, by its event. */
@Injectable()
export class LinkTable {
  readonly messages: LinkMessages;

  constructor(machine: MachineMessages, attempts: AttemptMessages, results: ResultMessages) {
    refuseDoubles([machine.messages, attempts.messages, results.messages]);
    this.messages = { ...machine.messages, ...attempts.messages, ...results.messages };
  }
}
