import { DescribeImagesCommand, type Image } from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { Injectable } from '@nestjs/common';
import { badRequest } from '../../../platform/http/problem.js';
import type { AwsClients } from '../aws-clients.service.js';
import type { PricedType } from './price-table.js';

export interface MachineImage {
  id: string;
  rootDevice: string;
  /** No disk can be smaller. */
  smallestGb: number;
}

const CANONICAL = '099720109477';

/** The image that a machine boots. */
@Injectable()
export class ImagesService {
  /** `wanted`: its id, or which of the automatic ones; absent: what fits the type. */
  async find(clients: AwsClients, { type, gpu, architecture }: PricedType, wanted?: string): Promise<MachineImage> {
    const kind = wanted ?? (gpu ? 'deep-learning' : 'ubuntu');
    const image = kind.startsWith('ami-')
      ? await this.byId(clients, kind)
      : ((await this.byParameter(clients, kind, architecture)) ?? (await this.bySearch(clients, kind, architecture)));
    if (!image?.ImageId)
      throw badRequest('image.not_found', 'No such image was found in the region. Choose another one, or give its id.');
    if (image.Architecture !== undefined && image.Architecture !== architecture)
      throw badRequest(
        'image.architecture',
        `The image is for ${image.Architecture}, and ${type} is ${architecture}. Choose an image for ${architecture}, or another type.`,
        [{ path: 'image', message: `Choose an image for ${architecture}.` }],
      );
    const rootDevice = image.RootDeviceName ?? '/dev/sda1';
    const root = image.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === rootDevice);
    return { id: image.ImageId, rootDevice, smallestGb: root?.Ebs?.VolumeSize ?? 0 };
  }

  private async byId({ ec2 }: AwsClients, id: string): Promise<Image | undefined> {
    return (await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }))).Images?.[0];
  }

  /** The public parameter that names the newest; null where it cannot be read. */
  private async byParameter(clients: AwsClients, kind: string, architecture: string): Promise<Image | null> {
    const debian = architecture === 'arm64' ? 'arm64' : 'amd64';
    const Name =
      kind === 'ubuntu'
        ? `/aws/service/canonical/ubuntu/server/24.04/stable/current/${debian}/hvm/ebs-gp3/ami-id`
        : `/aws/service/deeplearning/ami/${architecture}/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id`;
    try {
      const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name }));
      return Parameter?.Value === undefined ? null : ((await this.byId(clients, Parameter.Value)) ?? null);
    } catch {
      return null;
    }
  }

  private async bySearch({ ec2 }: AwsClients, kind: string, architecture: string): Promise<Image | undefined> {
    const debian = architecture === 'arm64' ? 'arm64' : 'amd64';
    const ubuntu = kind === 'ubuntu';
    const names = ubuntu
      ? [
          `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${debian}-server-*`,
          `ubuntu/images/*/ubuntu-*-${debian}-server-*`,
        ]
      : ['Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu *) *'];
    for (const name of names) {
      const Filters = [
        { Name: 'name', Values: [name] },
        { Name: 'architecture', Values: [architecture] },
        { Name: 'state', Values: ['available'] },
      ];
      const { Images = [] } = await ec2.send(
        new DescribeImagesCommand({ Owners: [ubuntu ? CANONICAL : 'amazon'], Filters }),
      );
      const [newest] = Images.sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''));
      if (newest) return newest;
    }
    return undefined;
  }
}
