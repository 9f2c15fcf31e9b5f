import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DocsController } from './docs.controller.js';
import { RouteRegistry } from './route-registry.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [DocsController],
  providers: [RouteRegistry],
  exports: [RouteRegistry],
})
export class HttpModule {}
