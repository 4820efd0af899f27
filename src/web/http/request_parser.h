// Bytes to requests, piece by piece. Beast's parser does the grammar; the limits and the refusal of everything
// ambiguous (two lengths, unknown transfer codings, missing Host) are ours.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/http/http.h"
#include "web/http/limits.h"

namespace madang::web {

/// What a request says besides the face's Request.
struct Head {
  Request request;            ///< `path` and `query` are filled; `path` still to be matched by raw_path
  std::string raw_path;       ///< percent-encoded, without query
  std::string raw_query;
  bool http11 = true;
  bool keep_alive = true;
  bool has_body = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;  ///< absent with chunks
};

/// One at a time: next() makes it ready for another request.
class RequestParser {
 public:
  enum class State : std::uint8_t {
    kHeader,    ///< more bytes are needed
    kHeadDone,  ///< head() is complete; say body_limit(), then go on
    kBody,      ///< more bytes are needed
    kDone,
    kFailed,
  };

  explicit RequestParser(Limits const& limits);
  ~RequestParser();
  RequestParser(RequestParser const&) = delete;
  RequestParser& operator=(RequestParser const&) = delete;

  /// Takes a prefix of `bytes` and returns its length. Stops after the header and after the request.
  std::size_t put(std::string_view bytes);
  [[nodiscard]] State state() const;
  /// Why it failed; `status` is the HTTP status that fits (400, 413, 414, 431, 501, 505).
  [[nodiscard]] Error const& error() const;
  [[nodiscard]] int status() const;
  [[nodiscard]] Head& head();
  void body_limit(std::uint64_t bytes);
  /// Nothing of the next request has arrived yet.
  [[nodiscard]] bool untouched() const;
  void next();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace madang::web
