import { FACTOR_OPERATIONS } from "./faults/factor-operations.ts";
import { holdFaults } from "./faults/hold-faults.ts";

holdFaults("factors", FACTOR_OPERATIONS, Array(5).fill("optional"));
