import { type Filter, GetProductsCommand, type PricingClient } from '@aws-sdk/client-pricing';
import { z } from 'zod';

/** The SDK has a class of its own for texts of JSON. */
const AnswerSchema = z.object({ PriceList: z.array(z.coerce.string()).default([]) });
/** As the price list nests it, as far as it is read here. */
const ProductSchema = z.object({
  product: z.object({ attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.object({
        priceDimensions: z.record(
          z.string(),
          z.object({ unit: z.string(), pricePerUnit: z.object({ USD: z.coerce.number() }) }),
        ),
      }),
    ),
  }),
});

type Attributes = Record<string, string>;

/**
 * What one unit costs on demand, of the product of a service that has these attributes; null where the list has none
 * with a price in dollars. A service that ignores filters is asked in vain, never believed.
 *
 * @throws what the SDK throws.
 */
export async function listedPrice(
  pricing: PricingClient,
  service: string,
  unit: string,
  attributes: Attributes,
): Promise<number | null> {
  const wanted = Object.entries(attributes);
  const Filters: Filter[] = wanted.map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value }));
  const answer = await pricing.send(new GetProductsCommand({ ServiceCode: service, Filters }));
  for (const entry of AnswerSchema.parse(answer).PriceList) {
    const { data } = ProductSchema.safeParse(JSON.parse(entry));
    if (!data || wanted.some(([name, value]) => data.product.attributes[name] !== value)) continue;
    const dimensions = Object.values(data.terms.OnDemand).flatMap((term) => Object.values(term.priceDimensions));
    const price = dimensions.find((each) => each.unit === unit && each.pricePerUnit.USD > 0)?.pricePerUnit.USD;
    if (price !== undefined) return price;
  }
  return null;
}
