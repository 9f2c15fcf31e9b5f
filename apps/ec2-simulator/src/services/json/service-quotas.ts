import { z } from 'zod';
import { ACCOUNT_ID } from '../../account/callers.js';
import { type QuotaFacts, QUOTAS } from '../../catalogue/quota-codes.js';
import { pageOf } from '../../wire/pages.js';
import { ServiceError } from '../../wire/service-error.js';
import type { Call } from '../call.js';
import { readInput } from './json-call.js';

const BAD_INPUT = 'IllegalArgumentException';
const GetServiceQuota = z.object({ ServiceCode: z.string(), QuotaCode: z.string() });
const ListServiceQuotas = z.object({
  ServiceCode: z.string(),
  MaxResults: z.int().min(1).max(100).optional(),
  NextToken: z.string().optional(),
});

/** Smaller than the service's 100, so that who does not read on is found out. */
const USUAL_PAGE = 5;

export function getServiceQuota(call: Call, input: unknown): Record<string, unknown> {
  const { ServiceCode, QuotaCode } = readInput(GetServiceQuota, input, BAD_INPUT);
  const quota = QUOTAS.find(({ code }) => code === QuotaCode);
  if (ServiceCode !== 'ec2' || quota === undefined) throw unknownQuota();
  return { Quota: quotaView(call, quota) };
}

export function listServiceQuotas(call: Call, input: unknown): Record<string, unknown> {
  const { ServiceCode, MaxResults, NextToken } = readInput(ListServiceQuotas, input, BAD_INPUT);
  if (ServiceCode !== 'ec2') throw unknownQuota();
  const { items, nextToken } = pageOf(QUOTAS, { maxResults: MaxResults, nextToken: NextToken }, USUAL_PAGE);
  return { Quotas: items.map((quota) => quotaView(call, quota)), NextToken: nextToken };
}

function unknownQuota(): ServiceError {
  return new ServiceError(
    'NoSuchResourceException',
    'The request failed because the specified quota or service does not exist.',
  );
}

function quotaView({ account, region }: Call, { code, name }: QuotaFacts): Record<string, unknown> {
  return {
    ServiceCode: 'ec2',
    ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
    QuotaArn: `arn:aws:servicequotas:${region.name}:${ACCOUNT_ID}:ec2/${code}`,
    QuotaCode: code,
    QuotaName: name,
    Value: account.quota(code),
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
  };
}
