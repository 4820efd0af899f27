// What a Datastream's observationType lets its results be, and how a result is brought into that form: a number that
// came as text becomes a number, everything else of the wrong type is refused in words. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "storage/observations/observation.h"

namespace madang::opendata {

enum class ResultType : std::uint8_t {
  kAny,      ///< OM_Observation, and types that this server does not know
  kNumber,   ///< OM_Measurement
  kInteger,  ///< OM_CountObservation
  kBoolean,  ///< OM_TruthObservation
  kText,     ///< OM_CategoryObservation
};

/// By the last part of the URI, as OGC-OM 2.0 names them; "OM_Measurement" alone is understood too.
ResultType result_type_of(std::string_view observation_type);

/// kInvalid: "result: ...".
Result<void> fit_result(ResultType type, double& value, storage::ObservationDetail& detail);

/// A JSON number as it was written: an integer that no double holds exactly would come back as another one.
bool is_inexact_integer(std::string_view token);

}  // namespace madang::opendata
