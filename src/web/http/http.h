// The face of HTTP for every other room: what a request is, what an answer is, how routes are declared.
// No Beast and no Asio here: those stay in the server's few translation units.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/id.h"
#include "core/time.h"
#include "web/http/permission.h"

namespace madang::web {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

/// Which bounded queue a request waits in, so that what takes long starves nothing else.
enum class Work : std::uint8_t {
  kInline,
  kRead,
  kScan,      ///< a read that may walk through much for seconds
  kWrite,
  kPassword,  ///< checks one, which takes a while on purpose and which anybody may ask for
  kBulk,
};

/// Who is asking, after authentication.
struct Principal {
  enum class Kind : std::uint8_t {
    kNobody,
    kDevice,  ///< holds a key
    kPerson,  ///< has signed in
    kLocal,   ///< the command line of the server's own user, who may do everything
  };

  Kind kind = Kind::kNobody;
  KeyId key;                         ///< for kDevice
  PartyId party;                     ///< for kPerson
  std::string name;
  std::vector<std::string> things;   ///< serials a device key may write; empty: all of them
  std::string csrf_token;            ///< for kPerson
  std::shared_ptr<Grants const> grants = nullptr;  ///< none: holds no permission

  /// In the whole city.
  [[nodiscard]] bool may(Permission const& permission) const;
  /// In at least one Area.
  [[nodiscard]] bool may_somewhere(Permission const& permission) const;
  /// `path`: an Area and all above it; empty for what lies in no Area, which only who may everywhere is allowed.
  [[nodiscard]] bool may_in(Permission const& permission, std::span<AreaId const> path) const;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Method method = Method::kGet;
  std::string path;            ///< percent-decoded, without the query
  Fields query;                ///< percent-decoded, in order
  Fields headers;              ///< names in lower case
  Fields path_parameters;      ///< of the route's {name} parts
  std::string body;
  std::string remote_address;  ///< of the client, without port: the peer, or whom a trusted proxy names
  bool secure = false;         ///< the client's side is TLS
  /// What an absolute link to this server begins with, "https://city.example/madang": the setting public.base_address,
  /// else what the client called it. No slash at its end; empty for a client that did not say.
  std::string base;
  std::string prefix;          ///< the path of `base`, "/madang"; links of pages and Location get it by themselves
  std::optional<Tick> received = std::nullopt;  ///< when all of it was here: its client has waited since
  Principal who;

  /// Empty when it is not there.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> cookie(std::string_view name) const;
};

/// Writes an answer's body piece by piece, where it is too long to be held.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  /// Blocks while the client takes nothing. kUnavailable: it is gone or too slow, or the server stops; write no more.
  virtual Result<void> write(std::string_view piece) = 0;
};

/// Reads a request's body while it arrives.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// The next piece; empty at the end. Blocks until something came. kUnavailable: the client is gone or too slow, or the
  /// server stops; kLimit: more than Limits::body_bytes_upload.
  virtual Result<std::string> read() = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Fields headers;
  /// Instead of `body`: bytes that live as long as the process (embedded files). Not copied.
  std::string_view static_body;
  /// Instead of `body`: called once on the pool for streamed bodies, after the head went out; never for HEAD. An Error
  /// breaks the connection off, which tells the client that the body is not whole.
  std::function<Result<void>(BodyWriter&)> content = nullptr;
};

Response json(std::string body, int status = 200);
Response html(std::string body, int status = 200);
Response redirect(std::string location);  ///< 303
/// {"code":"not_found","key":"refusal.party.none","arguments":{"id":"7"},"message":"..."}, and "field" where one is at fault; for
/// 429 and 503 with Retry-After. `key` is of the text that says it in every language of locales/; that of an error without a
/// wording of its own says its kind only, less closely than the message.
Response error_response(Error const& error);
/// Of the text that says a kind of refusal.
std::string_view message_key_of(Code code);
/// For GET and HEAD: adds a weak ETag of the body; a request that has it already (If-None-Match) gets 304 without body.
Response with_etag(Request const& request, Response response);
/// For a body that is the same each time (a file): a GET with `Range: bytes=` of one range gets 206 and that part, or 416.
/// Anything else, also several ranges and If-Range, gets the whole.
Response with_range(Request const& request, Response response);

/// Blocking; runs on the pool of its Work class (kInline: on the network thread, must not block). Calls on the records have a
/// deadline there (limits.h), but in kBulk.
using Handler = std::function<Result<Response>(Request const&)>;
/// The class of one request, where a route has cheap ones and dear ones. Quick; runs on the network thread.
using WorkOf = std::function<Work(Request const&)>;
/// Blocking, on the pool for streamed bodies, from when the head has come: the body need not be held. An answer before
/// its end ends the connection.
using UploadHandler = std::function<Result<Response>(Request const&, BodyReader&)>;
/// Called exactly once, from any thread.
using Done = std::move_only_function<void(Result<Response>)>;
/// Must not block; runs on the network thread.
using AsyncHandler = std::function<void(Request, Done)>;

/// One browser that listens to server-sent events. Thread-safe.
class EventSink {
 public:
  struct Event {
    std::string_view name;
    std::string_view data;
    std::string_view id = {};  ///< what a client that comes back says it had last; empty: it keeps the one before
  };
  virtual ~EventSink() = default;
  /// Queues one event. False: the client is gone, or so slow that its queue (limits.h) is full; the event is dropped.
  virtual bool send(Event const& event) = 0;
  [[nodiscard]] virtual bool closed() const = 0;
};
/// Called once per connection on a thread of the reads; keep the sink until it is closed. An Error refuses.
using StreamHandler = std::function<Result<void>(Request const&, std::shared_ptr<EventSink>)>;

/// Routes of one module. Patterns: "/v1/areas/{id}"; a last part "{rest*}" takes everything that follows.
class Routes {
 public:
  struct Route {
    Method method;
    std::string pattern;
    Access access;
    Work work;
    Handler handler = nullptr;  ///< exactly one of the four is set
    UploadHandler upload_handler = nullptr;
    AsyncHandler async_handler = nullptr;
    StreamHandler stream_handler = nullptr;
    WorkOf work_of = nullptr;  ///< says more closely than `work`

    [[nodiscard]] Work work_for(Request const& request) const { return work_of ? work_of(request) : work; }
  };

  template <Access A>
  void get(std::string pattern, Handler h, Work work = Work::kRead) {
    add({.method = Method::kGet, .pattern = std::move(pattern), .access = A, .work = work, .handler = std::move(h)});
  }
  /// What no `work_of` sees (the body's maximum) is that of a read.
  template <Access A>
  void get(std::string pattern, Handler h, WorkOf work_of) {
    add({.method = Method::kGet, .pattern = std::move(pattern), .access = A, .work = Work::kRead, .handler = std::move(h), .work_of = std::move(work_of)});
  }
  template <Access A>
  void post(std::string pattern, Handler h, Work work = Work::kWrite) {
    add({.method = Method::kPost, .pattern = std::move(pattern), .access = A, .work = work, .handler = std::move(h)});
  }
  template <Access A>
  void put(std::string pattern, Handler h, Work work = Work::kWrite) {
    add({.method = Method::kPut, .pattern = std::move(pattern), .access = A, .work = work, .handler = std::move(h)});
  }
  template <Access A>
  void patch(std::string pattern, Handler h, Work work = Work::kWrite) {
    add({.method = Method::kPatch, .pattern = std::move(pattern), .access = A, .work = work, .handler = std::move(h)});
  }
  template <Access A>
  void remove(std::string pattern, Handler h, Work work = Work::kWrite) {
    add({.method = Method::kDelete, .pattern = std::move(pattern), .access = A, .work = work, .handler = std::move(h)});
  }
  template <Access A>
  void post_async(std::string pattern, AsyncHandler h) {
    add({.method = Method::kPost, .pattern = std::move(pattern), .access = A, .work = Work::kInline, .async_handler = std::move(h)});
  }
  /// A body that is read while it comes: POST makes, PUT replaces.
  template <Access A>
  void upload(Method method, std::string pattern, UploadHandler h) {
    add({.method = method, .pattern = std::move(pattern), .access = A, .work = Work::kBulk, .upload_handler = std::move(h)});
  }
  template <Access A>
  void stream(std::string pattern, StreamHandler h) {
    add({.method = Method::kGet, .pattern = std::move(pattern), .access = A, .work = Work::kInline, .stream_handler = std::move(h)});
  }

  [[nodiscard]] std::vector<Route> const& all() const { return routes_; }
  void append(Routes other) {
    for (auto& r : other.routes_) routes_.push_back(std::move(r));
  }

 private:
  void add(Route route) { routes_.push_back(std::move(route)); }

  std::vector<Route> routes_;
};

/// Tells who a key or a session cookie belongs to; `city` implements it. Thread-safe, must be quick (cached).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// From `Authorization: Bearer KEY` or MQTT's password. kUnauthorized when unknown or revoked.
  virtual Result<Principal> principal_of_key(std::string_view key) = 0;
  /// From the session cookie. kUnauthorized when unknown or expired.
  virtual Result<Principal> principal_of_session(std::string_view token) = 0;
};

}  // namespace madang::web
