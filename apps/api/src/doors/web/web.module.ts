import { Module } from '@nestjs/common';
import { WorkerBundleController } from './worker-bundle.controller.js';

@Module({ controllers: [WorkerBundleController] })
export class WebModule {}
