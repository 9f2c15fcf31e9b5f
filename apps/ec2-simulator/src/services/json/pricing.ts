import { z } from 'zod';
import { onDemandPrice } from '../../account/spot-market.js';
import { INSTANCE_TYPES, type InstanceType } from '../../catalogue/instance-types.js';
import { type RegionFacts, REGIONS } from '../../catalogue/regions.js';
import { pageOf } from '../../wire/pages.js';
import { ServiceError } from '../../wire/service-error.js';
import type { Call } from '../call.js';
import { readInput } from './json-call.js';

const GetProducts = z.object({
  ServiceCode: z.string(),
  Filters: z
    .array(z.object({ Type: z.literal('TERM_MATCH'), Field: z.string(), Value: z.string() }))
    .max(50)
    .default([]),
  FormatVersion: z.string().optional(),
  MaxResults: z.int().min(1).max(100).optional(),
  NextToken: z.string().optional(),
});

/** Smaller than the service's 100, so that who does not read on is found out. */
const USUAL_PAGE = 20;
const PUBLISHED = '2026-07-20T00:00:00Z';
const DISK_PER_GIB_MONTH = 0.08;
const ADDRESS_PER_HOUR = 0.005;

interface Product {
  sku: string;
  service: string;
  family: string;
  attributes: Record<string, string>;
  unit: string;
  dollars: number;
}

const PRODUCTS: readonly Product[] = REGIONS.flatMap((region) => [
  ...[...INSTANCE_TYPES.values()].map((type) => instanceProduct(type, region)),
  diskProduct(region),
  addressProduct(region),
]);

export function getProducts(_call: Call, input: unknown): Record<string, unknown> {
  const { ServiceCode, Filters, MaxResults, NextToken } = readInput(GetProducts, input, 'InvalidParameterException');
  const ofService = PRODUCTS.filter(({ service }) => service === ServiceCode);
  if (ofService.length === 0) throw new ServiceError('NotFoundException', `The service ${ServiceCode} does not exist.`);
  const found = ofService.filter((product) =>
    Filters.every(
      ({ Field, Value }) => (Field === 'productFamily' ? product.family : product.attributes[Field]) === Value,
    ),
  );
  const { items, nextToken } = pageOf(found, { maxResults: MaxResults, nextToken: NextToken }, USUAL_PAGE);
  return {
    FormatVersion: 'aws_v1',
    PriceList: items.map((product) => JSON.stringify(offer(product))),
    NextToken: nextToken,
  };
}

function instanceProduct(type: InstanceType, region: RegionFacts): Product {
  return {
    sku: `${type.name}.${region.name}`.replace(/[^a-z0-9]/g, '').toUpperCase(),
    service: 'AmazonEC2',
    family: 'Compute Instance',
    attributes: {
      ...placeOf(region),
      instanceType: type.name,
      vcpu: String(type.vcpus),
      memory: `${type.memoryMib / 1024} GiB`,
      ...(type.gpu === null ? {} : { gpu: String(type.gpu.count) }),
      operatingSystem: 'Linux',
      preInstalledSw: 'NA',
      tenancy: 'Shared',
      capacitystatus: 'Used',
      licenseModel: 'No License required',
      operation: 'RunInstances',
      marketoption: 'OnDemand',
      usagetype: `BoxUsage:${type.name}`,
    },
    unit: 'Hrs',
    dollars: onDemandPrice(type, region.name),
  };
}

function diskProduct(region: RegionFacts): Product {
  return {
    sku: `GP3${region.name.replaceAll('-', '').toUpperCase()}`,
    service: 'AmazonEC2',
    family: 'Storage',
    attributes: {
      ...placeOf(region),
      volumeApiName: 'gp3',
      volumeType: 'General Purpose',
      usagetype: 'EBS:VolumeUsage.gp3',
    },
    unit: 'GB-Mo',
    dollars: Number((DISK_PER_GIB_MONTH * region.priceFactor).toFixed(4)),
  };
}

function addressProduct(region: RegionFacts): Product {
  return {
    sku: `IPV4${region.name.replaceAll('-', '').toUpperCase()}`,
    service: 'AmazonVPC',
    family: 'VpcPublicIPv4Address',
    attributes: { ...placeOf(region), group: 'VPCPublicIPv4Address', usagetype: 'PublicIPv4:InUseAddress' },
    unit: 'Hrs',
    dollars: ADDRESS_PER_HOUR,
  };
}

function placeOf({ name, location }: RegionFacts): Record<string, string> {
  return { regionCode: name, location, locationType: 'AWS Region' };
}

/** An entry of the price list, as deep as the service nests it. */
function offer({ sku, service, family, attributes, unit, dollars }: Product): Record<string, unknown> {
  const term = `${sku}.JRTCKXETXF`;
  const rate = `${term}.6YS6EN2CT7`;
  const dimension = {
    rateCode: rate,
    unit,
    beginRange: '0',
    endRange: 'Inf',
    description: `$${dollars} per ${unit}`,
    appliesTo: [],
    pricePerUnit: { USD: dollars.toFixed(10) },
  };
  const onDemand = {
    offerTermCode: 'JRTCKXETXF',
    sku,
    effectiveDate: PUBLISHED,
    termAttributes: {},
    priceDimensions: { [rate]: dimension },
  };
  return {
    product: { sku, productFamily: family, attributes: { ...attributes, servicecode: service } },
    serviceCode: service,
    terms: { OnDemand: { [term]: onDemand } },
    version: '20260720000000',
    publicationDate: PUBLISHED,
  };
}
