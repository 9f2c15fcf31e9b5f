import { type Quotas, QuotasSchema, type Usage, UsageSchema } from '@mle/protocol';
import { Controller, Get, Put } from '@nestjs/common';
import { AdminOnly, type AuthUser, CurrentUser } from '../../platform/http/current-user.js';
import { Returns, ZodBody } from '../../platform/http/zod.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { ProjectsService } from '../../projects/projects.service.js';

@Controller('api/v1')
export class QuotasController {
  constructor(
    private readonly quotas: QuotasService,
    private readonly projects: ProjectsService,
  ) {}

  @Get('settings/quotas')
  @Returns(200, QuotasSchema, 'What each user may keep, and which runs are removed by age')
  get(): Promise<Quotas> {
    return this.quotas.get();
  }

  @Put('settings/quotas')
  @AdminOnly()
  @Returns(200, QuotasSchema, 'Changes them; who is above one keeps what there is')
  put(@ZodBody(QuotasSchema) body: Quotas): Promise<Quotas> {
    return this.quotas.put(body);
  }

  @Get('usage')
  @Returns(200, UsageSchema, 'What the caller keeps')
  async usage(@CurrentUser() user: AuthUser): Promise<Usage> {
    const [projects, kept] = await Promise.all([this.projects.countOf(user.id), this.quotas.kept(user.id)]);
    return { projects, ...kept };
  }
}
