import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** There is one, of the installation. */
@Schema({ collection: 'budgets', versionKey: false })
export class StoredBudget {
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: Number, required: true })
  instances!: number;
}
export const BudgetModelSchema = SchemaFactory.createForClass(StoredBudget);
