import { createHash } from 'node:crypto';
import type { Architecture } from './instance-types.js';

/** A public image. Each region has its own id for it. */
export interface Image {
  id: string;
  name: string;
  description: string;
  ownerId: string;
  ownerAlias?: string;
  architecture: Architecture;
  createdAt: Date;
  /** The size of its snapshot: a disk cannot be smaller. */
  rootGib: number;
  snapshotId: string;
  /** The SSM public parameter that names the newest of its kind. */
  parameter: string;
}

/** The name of an image's disk. */
export const ROOT_DEVICE = '/dev/sda1';
const CANONICAL_OWNER = '099720109477';
const AMAZON = '898082745236';
const UBUNTU = { '22.04': 'jammy', '24.04': 'noble' };
const ARCHITECTURES = { amd64: 'x86_64', arm64: 'arm64' } as const;
const PYTORCH = ['2.7', '2.8', '2.9'];

type Blueprint = Omit<Image, 'id' | 'snapshotId'>;

const BLUEPRINTS: readonly Blueprint[] = [...ubuntuImages(), ...deepLearningImages()];
const cache = new Map<string, Image[]>();

export function imagesOf(region: string): Image[] {
  const known = cache.get(region);
  if (known !== undefined) return known;
  const images = BLUEPRINTS.map((blueprint) => {
    const digest = createHash('sha256').update(`${region} ${blueprint.name}`).digest('hex');
    return { ...blueprint, id: `ami-0${digest.slice(0, 16)}`, snapshotId: `snap-0${digest.slice(16, 32)}` };
  });
  cache.set(region, images);
  return images;
}

function ubuntuImages(): Blueprint[] {
  return Object.entries(UBUNTU).flatMap(([version, codeName]) =>
    Object.entries(ARCHITECTURES).map(([debian, architecture]) => {
      const disk = version === '24.04' ? 'hvm-ssd-gp3' : 'hvm-ssd';
      return {
        name: `ubuntu/images/${disk}/ubuntu-${codeName}-${version}-${debian}-server-20260612`,
        description: `Canonical, Ubuntu, ${version}, ${debian} ${codeName} image`,
        ownerId: CANONICAL_OWNER,
        architecture,
        createdAt: new Date('2026-06-12T04:30:00Z'),
        rootGib: 8,
        parameter: `/aws/service/canonical/ubuntu/server/${version}/stable/current/${debian}/hvm/ebs-${version === '24.04' ? 'gp3' : 'gp2'}/ami-id`,
      };
    }),
  );
}

function deepLearningImages(): Blueprint[] {
  const kinds = [
    { title: 'Deep Learning Base OSS Nvidia Driver GPU AMI', key: 'base-oss-nvidia-driver-gpu', rootGib: 35 },
    ...PYTORCH.map((version) => ({
      title: `Deep Learning OSS Nvidia Driver AMI GPU PyTorch ${version}`,
      key: `oss-nvidia-driver-gpu-pytorch-${version}`,
      rootGib: 45,
    })),
  ];
  return kinds.flatMap(({ title, key, rootGib }) =>
    Object.keys(UBUNTU).flatMap((version) =>
      Object.values(ARCHITECTURES).map((architecture) => ({
        name: `${title}${architecture === 'arm64' ? ' ARM64' : ''} (Ubuntu ${version}) 20260618`,
        description: 'Supported EC2 instances: G4dn, G5, G6, G6e, P4d, P5',
        ownerId: AMAZON,
        ownerAlias: 'amazon',
        architecture,
        createdAt: new Date('2026-06-18T11:00:00Z'),
        rootGib,
        parameter: `/aws/service/deeplearning/ami/${architecture}/${key}-ubuntu-${version}/latest/ami-id`,
      })),
    ),
  );
}
