// How an expected failure travels: a code that decides the HTTP status, and a sentence that a person
// can act on; what people meet carries besides how every language says it (runtime/refusal.h makes such).
// Bugs use MADANG_ASSERT; exceptions come only from libraries and end at the adapter.
#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace madang {

enum class Code {
  kInvalid,       ///< the input is wrong; the sentence names field and position
  kUnauthorized,  ///< nobody has said who they are
  kForbidden,     ///< known, but not allowed
  kNotFound,
  kConflict,     ///< it exists already, or was changed by somebody else
  kLimit,        ///< larger or more than a named maximum
  kOverloaded,   ///< a queue is full; try again later
  kUnsupported,  ///< valid, but this server does not do it
  kCorrupt,      ///< stored bytes do not match their checksum
  kFull,         ///< no space left on the disk
  kUnavailable,  ///< something this server depends on is away
  kInternal,     ///< an adapter failed in a way nobody foresaw
};

/// One value that the text of a refusal names: a text, a whole number or another number. Whole numbers are written as the reader
/// groups them, so what is a name and no amount (an id) is given as a text.
struct ErrorArgument {
  std::variant<std::string, std::int64_t, double> value;

  ErrorArgument(std::string text) : value(std::move(text)) {}             // NOLINT(google-explicit-constructor)
  ErrorArgument(std::string_view text) : value(std::string{text}) {}      // NOLINT(google-explicit-constructor)
  ErrorArgument(char const* text) : value(std::string{text}) {}           // NOLINT(google-explicit-constructor)
  ErrorArgument(std::integral auto n) : value(static_cast<std::int64_t>(n)) {}  // NOLINT(google-explicit-constructor)
  ErrorArgument(double n) : value(n) {}                                   // NOLINT(google-explicit-constructor)
  friend bool operator==(ErrorArgument const&, ErrorArgument const&) = default;
};
/// By the names that the text has for them.
using ErrorArguments = std::vector<std::pair<std::string, ErrorArgument>>;

/// How every language says a refusal: names only, since what they say is no business of this floor.
struct Wording {
  std::string key;    ///< of the text, "refusal.silence.over"
  std::string field;  ///< of the input that is at fault, "to"; empty: none, or more than one
  ErrorArguments arguments;
  friend bool operator==(Wording const&, Wording const&) = default;
};

struct Error {
  Code code = Code::kInternal;
  std::string sentence;                              ///< in English; begins with the field and a colon where there is one
  std::shared_ptr<Wording const> wording = nullptr;  ///< none: in other languages only its code is said
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return fail(Code::kNotFound, "no reading in the last hour");`
[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string sentence) {
  return std::unexpected<Error>(Error{code, std::move(sentence)});
}

[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

/// The name that goes into JSON bodies and logs: "invalid", "not_found", ...
std::string_view name_of(Code code);

/// The one table from code to HTTP status.
int http_status_of(Code code);

/// Prints the broken promise and ends the process; on in every build.
[[noreturn]] void assertion_failed(char const* expression, char const* file, int line);

}  // namespace madang

#define MADANG_CONCAT_INNER(a, b) a##b
#define MADANG_CONCAT(a, b) MADANG_CONCAT_INNER(a, b)

/// `MADANG_TRY(auto rows, store.read(id));` declares rows, or returns the error to the caller.
#define MADANG_TRY(declaration, ...) \
  MADANG_TRY_IMPL(MADANG_CONCAT(madang_result_, __COUNTER__), declaration, __VA_ARGS__)
#define MADANG_TRY_IMPL(result, declaration, ...)                            \
  auto result = (__VA_ARGS__);                                               \
  if (!result) return ::std::unexpected<::madang::Error>(std::move(result).error()); \
  declaration = *std::move(result)

/// `MADANG_CHECK(store.append(batch));` for a Result<void>; also around a lambda that checks.
#define MADANG_CHECK(...) MADANG_CHECK_IMPL(MADANG_CONCAT(madang_check_, __COUNTER__), __VA_ARGS__)
#define MADANG_CHECK_IMPL(result, ...)                                       \
  do {                                                                       \
    if (auto result = (__VA_ARGS__); !result)                                \
      return ::std::unexpected<::madang::Error>(std::move(result).error());  \
  } while (false)

#define MADANG_ASSERT(expression) \
  ((expression) ? void() : ::madang::assertion_failed(#expression, __FILE__, __LINE__))
