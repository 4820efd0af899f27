#include "core/error.h"

#include <cstdio>
#include <cstdlib>

namespace madang {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kUnauthorized: return "unauthorized";
    case Code::kForbidden: return "forbidden";
    case Code::kNotFound: return "not_found";
    case Code::kConflict: return "conflict";
    case Code::kLimit: return "limit";
    case Code::kOverloaded: return "overloaded";
    case Code::kUnsupported: return "unsupported";
    case Code::kCorrupt: return "corrupt";
    case Code::kFull: return "full";
    case Code::kUnavailable: return "unavailable";
    case Code::kInternal: return "internal";
  }
  return "internal";
}

int http_status_of(Code code) {
  switch (code) {
    case Code::kInvalid: return 400;
    case Code::kUnauthorized: return 401;
    case Code::kForbidden: return 403;
    case Code::kNotFound: return 404;
    case Code::kConflict: return 409;
    case Code::kLimit: return 413;
    case Code::kOverloaded: return 429;
    case Code::kUnsupported: return 501;
    case Code::kCorrupt: return 500;
    case Code::kFull: return 507;
    case Code::kUnavailable: return 503;
    case Code::kInternal: return 500;
  }
  return 500;
}

void assertion_failed(char const* expression, char const* file, int line) {
  std::fprintf(stderr, "madang: a promise of the program is broken: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace madang
