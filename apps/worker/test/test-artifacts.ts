import { createHash } from 'node:crypto';
import type { ArtifactChunk, ArtifactChunkReply, ArtifactPut, ArtifactPutReply } from '@mle/protocol';
import type { TestRun } from './test-run.js';

/** The server's side of artifacts: asks for the contents that it lacks, and puts their pieces together. */
export class TestArtifacts {
  /** Bytes of contents that are under way. */
  private readonly incoming = new Map<string, Buffer[]>();

  constructor(private readonly blobs: Map<string, Buffer>) {}

  put({ items, dropped, removed, afresh }: ArtifactPut, run: TestRun | undefined): ArtifactPutReply {
    if (run === undefined || run.state === 'gone') return { ok: false, code: 'superseded' };
    if (afresh) run.artifacts.clear();
    for (const path of removed) run.artifacts.delete(path);
    for (const item of dropped) run.dropped.push(item);
    const missing = new Map<string, number>();
    for (const item of items) {
      if (this.blobs.has(item.sha256)) run.artifacts.set(item.path, item);
      else missing.set(item.sha256, Buffer.concat(this.incoming.get(item.sha256) ?? []).length);
    }
    return {
      ok: true,
      missing: [...missing].map(([sha256, from]) => ({ sha256, from })),
      refused: [],
      news: dropped,
    };
  }

  take({ pieces }: ArtifactChunk, bytes: Buffer): ArtifactChunkReply {
    let at = 0;
    const corrupt: string[] = [];
    for (const { sha256, offset, length, size } of pieces) {
      const parts = this.incoming.get(sha256) ?? [];
      if (parts.reduce((sum, part) => sum + part.length, 0) !== offset) return { ok: false, code: 'gap' };
      this.incoming.set(sha256, [...parts, bytes.subarray(at, (at += length))]);
      if (offset + length < size) continue;
      const whole = Buffer.concat(this.incoming.get(sha256) ?? []);
      this.incoming.delete(sha256);
      if (createHash('sha256').update(whole).digest('hex') === sha256) this.blobs.set(sha256, whole);
      else corrupt.push(sha256);
    }
    return { ok: true, corrupt };
  }
}
