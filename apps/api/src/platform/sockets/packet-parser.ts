import { Decoder, Encoder } from 'socket.io-parser';

/** Reads and writes packets as socket.io does, and refuses those that announce more attachments than are ever sent. */
export const packetParser = (maxAttachments: number) => ({
  Encoder,
  Decoder: class extends Decoder {
    constructor() {
      super({ maxAttachments });
    }
  },
});
