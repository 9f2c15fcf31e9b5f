import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** There is one, of the installation. */
@Schema({ collection: 'budgets', versionKey: false })
export class StoredBudget {
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: Number, required: true })
  instances!: number;

  @Prop({ type: Number })
  dollarsPerHour?: number;

  @Prop({ type: Number })
  dollarsPerMonth?: number;

  @Prop({ type: Number })
  memberDollarsPerMonth?: number;
}
/** Counts what was decided about the budget: who decides on an earlier count decides again. */
@Schema({ collection: 'budget_decisions', versionKey: false })
export class BudgetDecisions {
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: Number, required: true })
  count!: number;
}
export const BudgetDecisionsSchema = SchemaFactory.createForClass(BudgetDecisions);
export const BudgetModelSchema = SchemaFactory.createForClass(StoredBudget);
