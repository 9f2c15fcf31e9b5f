import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets for the database by AES-256-GCM under the installation's secret key. */
@Injectable()
export class SecretBox {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** `purpose` is bound to the sealed text: what was sealed for one thing opens for no other. */
  seal(purpose: string, secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.config.secretKey, nonce).setAAD(Buffer.from(purpose));
    return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
      'base64',
    );
  }

  /** Null when it was sealed under another key or for another purpose, or was changed. */
  open(purpose: string, sealed: string): string | null {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
    const [nonce, content, tag] = [
      bytes.subarray(0, NONCE_BYTES),
      bytes.subarray(NONCE_BYTES, -TAG_BYTES),
      bytes.subarray(-TAG_BYTES),
    ];
    const decipher = createDecipheriv(ALGORITHM, this.config.secretKey, nonce)
      .setAAD(Buffer.from(purpose))
      .setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
