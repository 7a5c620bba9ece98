import { AUTH_OPERATIONS } from "./faults/auth-operations.ts";
import { holdFaults } from "./faults/hold-faults.ts";

holdFaults("getting in", AUTH_OPERATIONS, [...Array(6).fill("optional"), ...Array(3).fill("required")]);
