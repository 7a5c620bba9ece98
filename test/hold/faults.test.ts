import { AUTH_OPERATIONS } from "./faults/auth-operations.ts";
import { holdFaults } from "./faults/hold-faults.ts";

holdFaults("getting in", AUTH_OPERATIONS, [...Array(4).fill("optional"), ...Array(2).fill("required")]);
