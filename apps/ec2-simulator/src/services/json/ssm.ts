import { z } from 'zod';
import { imagesOf } from '../../catalogue/images.js';
import { ServiceError } from '../../wire/service-error.js';
import type { Call } from '../call.js';
import { readInput } from './json-call.js';

const GetParameter = z.object({ Name: z.string().min(1).max(2048) });

/** Only the public parameters with the ids of images. */
export function getParameter(call: Call, input: unknown): Record<string, unknown> {
  const { Name } = readInput(GetParameter, input, 'ValidationException');
  const image = imagesOf(call.region.name).find(({ parameter }) => parameter === Name);
  if (image === undefined) throw new ServiceError('ParameterNotFound', `Parameter ${Name} not found.`);
  return {
    Parameter: {
      ARN: `arn:aws:ssm:${call.region.name}::parameter${Name}`,
      DataType: 'aws:ec2:image',
      LastModifiedDate: image.createdAt.getTime() / 1000,
      Name,
      Type: 'String',
      Value: image.id,
      Version: 12,
    },
  };
}
