// The face of evaluation: detectors held against ground truth. Each command prints seeds, sizes, machine and the
// numbers that docs/measurements.md claims, and ends with 1 when a floor is missed.
#pragma once

namespace madang::evaluation {}
