import { AUTH_OPERATIONS } from "./faults/auth-operations.ts";
import { holdFaults } from "./faults/hold-faults.ts";
import { REQUIRED, VERIFICATION } from "./faults/verification-operations.ts";

holdFaults(
  "getting in",
  [...AUTH_OPERATIONS, ...VERIFICATION, ...REQUIRED],
  [...Array(4).fill("optional"), ...Array(3).fill("required")],
);
