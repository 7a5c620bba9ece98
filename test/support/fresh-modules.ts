import { vi } from "vitest";

// Modules that remember something (a queue, a clock) start anew in each file, whatever ran before it in the process.
vi.resetModules();
