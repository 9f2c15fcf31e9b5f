import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** The rules of one project. */
@Schema({ collection: 'metric_rules', versionKey: false })
export class MetricRulesDocument {
  @Prop({ type: String, required: true })
  projectId!: string;

  /** As JSON: names of series may be no names of fields. */
  @Prop({ type: String, required: true })
  rules!: string;

  /** Reading again by these rules was cancelled. */
  @Prop({ type: String, default: null })
  cancelled!: string | null;
}
export const MetricRulesDocumentSchema = SchemaFactory.createForClass(MetricRulesDocument);
MetricRulesDocumentSchema.index({ projectId: 1 }, { unique: true });
