import { Module } from '@nestjs/common';
import { AuthModule } from '../../accounts/auth/auth.module.js';
import { SocketsModule } from '../../platform/sockets/sockets.module.js';
import { OutputModule } from '../../results/output/output.module.js';
import { RunsModule } from '../../runs/life/runs.module.js';
import { EventsGateway } from './events.gateway.js';

@Module({ imports: [AuthModule, OutputModule, RunsModule, SocketsModule], providers: [EventsGateway] })
export class EventsGatewayModule {}
