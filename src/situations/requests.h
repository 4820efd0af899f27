// The JSON bodies of docs/situations_api.md, read and checked. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "situations/model.h"

namespace madang::situations {

/// What an operator does: {text?, version?, assignee?}. An empty body is an empty object.
struct DeedRequest {
  std::string text;
  std::optional<std::int64_t> version;
  std::string assignee;  ///< login; empty: oneself
};
Result<DeedRequest> parse_deed(std::string_view body);

/// What an operator reports: {kind, severity, headline, description?, instruction?, place?, radius?, area?, since?,
/// public?, simulated?, key?, version?, group?}. Texts are {"en":..., "ko":...}; an empty one is none. An `area` of null is the whole
/// city, wherever the place is. The key stays empty when none is given.
struct Report {
  Signal signal;
  std::optional<std::int64_t> version;  ///< of the open one under this key, which is to be changed
};
Result<Report> parse_report(std::string_view body);

/// {kind?, source?, area?, from?, to, reason}; `from` is now when it is left out.
Result<Silence> parse_silence(std::string_view body, Instant now);

}  // namespace madang::situations
