import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OutputModule } from '../output/output.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { EventsGateway } from './events.gateway.js';
import { SocketsModule } from './sockets.module.js';

@Module({ imports: [AuthModule, OutputModule, RunsModule, SocketsModule], providers: [EventsGateway] })
export class EventsGatewayModule {}
