import type { ArtifactOrigin } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { AttemptRecord } from '../../run-records/attempt-record.js';

/** A file of an attempt: stored, or dropped for a reason. */
@Schema({ collection: 'artifacts', versionKey: false })
export class Artifact extends AttemptRecord {
  @Prop({ type: String, required: true })
  path!: string;

  @Prop({ type: Number, required: true })
  size!: number;

  @Prop({ type: String, required: true })
  origin!: ArtifactOrigin;

  /** Whose run it is; what was stored by earlier servers has none. */
  @Prop({ type: String })
  ownerId?: string;

  /** Null where it was dropped. */
  @Prop({ type: String, default: null })
  sha256!: string | null;

  @Prop({ type: Date, default: null })
  modifiedAt!: Date | null;

  /** Why it was dropped. */
  @Prop({ type: String, default: null })
  reason!: string | null;
}
export const ArtifactSchema = SchemaFactory.createForClass(Artifact);
ArtifactSchema.index({ runId: 1, attempt: 1, path: 1 }, { unique: true });
ArtifactSchema.index({ ownerId: 1, sha256: 1 }, { sparse: true });
