#include "app/journal/routes.h"

#include <algorithm>
#include <array>

#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "storage/journal/journal.h"
#include "storage/journal/verify.h"

namespace madang::app {
namespace {

namespace journal = storage::journal;
using web::Access;
using web::Request;
using web::Response;

constexpr std::int64_t kEntriesPerPageMax = 200;
constexpr std::int64_t kEntriesPerPage = 50;

/// When somebody comes and goes is his own affair, even by number: the public is shown the hash alone.
constexpr std::array<std::string_view, 2> kPrivateKinds{R"("kind":"signed_in")", R"("kind":"signed_out")"};

bool is_private(std::string const& leaf) {
  return std::ranges::any_of(kPrivateKinds, [&leaf](std::string_view kind) { return leaf.contains(kind); });
}

Result<std::int64_t> number(Request const& request, std::string_view name, std::int64_t otherwise) {
  auto const text = request.query_value(name);
  if (!text) return otherwise;
  auto const value = parse_int(*text);
  if (!value || *value < 0) return runtime::refuse_field(Code::kInvalid, name, "refusal.journal.from_zero");
  return *value;
}

Result<std::int64_t> in_path(Request const& request, std::string_view name) {
  auto const value = parse_int(request.parameter(name));
  if (!value || *value < 0) return runtime::refuse_field(Code::kNotFound, name, "refusal.journal.none");
  return *value;
}

/// With the openings, for who may know them; else without, and private entries by hash.
Result<Response> entries(storage::Records& records, Request const& request, bool with_openings) {
  MADANG_TRY(auto const from, number(request, "from", 0));
  MADANG_TRY(auto const limit, number(request, "limit", kEntriesPerPage));
  MADANG_TRY(auto const count, journal::entry_count(records));
  auto const read = with_openings ? journal::entries : journal::leaves;
  MADANG_TRY(auto const page, read(records, from, std::clamp<std::int64_t>(limit, 1, kEntriesPerPageMax)));
  JsonWriter w;
  w.begin_object().field("count", count).key("entries").begin_array();
  for (auto const& entry : page) {
    w.begin_object().field("position", entry.position);
    if (!with_openings && is_private(entry.leaf))
      w.field("leaf_hash", journal::text_of(journal::hash_of_leaf(entry.leaf)));
    else
      w.field("leaf", entry.leaf);
    if (with_openings) {
      w.key("openings").begin_object();
      for (auto const& opening : entry.openings) w.field(opening.name, opening.data);
      w.end_object();
    }
    w.end_object();
  }
  w.end_array().end_object();
  auto response = web::json(w.take());
  response.headers.emplace_back("Cache-Control", with_openings ? "no-store" : "no-cache");
  return response;
}

Result<Response> proof(storage::Records& records, Request const& request, bool with_openings) {
  MADANG_TRY(auto const position, in_path(request, "position"));
  auto shown = journal::Shown::kEverything;
  if (!with_openings) {
    MADANG_TRY(auto const found, journal::leaves(records, position, 1));
    if (found.empty()) return runtime::refuse(Code::kNotFound, "refusal.journal.no_entry", {{"position", std::to_string(position)}});
    shown = is_private(found.front().leaf) ? journal::Shown::kHash : journal::Shown::kLeaf;
  }
  MADANG_TRY(auto text, journal::export_entry(records, position, shown));
  auto response = web::json(std::move(text));
  response.headers.emplace_back("Cache-Control", with_openings ? "no-store" : "no-cache");
  return response;
}

Result<Response> checkpoint(storage::Records& records, Request const& request) {
  MADANG_TRY(auto note, journal::newest_checkpoint(records));
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(note);
  response.headers.emplace_back("Cache-Control", "no-cache");
  return web::with_etag(request, std::move(response));
}

Result<Response> growth(storage::Records& records, Request const& request) {
  MADANG_TRY(auto const size, in_path(request, "size"));
  MADANG_TRY(auto text, journal::export_growth(records, size));
  auto response = web::json(std::move(text));
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

}  // namespace

web::Routes journal_routes(storage::Records& records) {
  web::Routes r;
  r.get<Access::kPublic>("/api/v1/journal/checkpoint", [&records](Request const& q) { return checkpoint(records, q); });
  r.get<Access::kPublic>("/api/v1/journal/growth/{size}", [&records](Request const& q) { return growth(records, q); });
  r.get<Access::kPublic>("/api/v1/journal/entries", [&records](Request const& q) { return entries(records, q, false); });
  r.get<Access::kPublic>("/api/v1/journal/entries/{position}/proof", [&records](Request const& q) { return proof(records, q, false); });
  r.get<kSeeJournal>("/api/v1/journal/opened", [&records](Request const& q) { return entries(records, q, true); });
  r.get<kSeeJournal>("/api/v1/journal/opened/{position}/proof", [&records](Request const& q) { return proof(records, q, true); });
  return r;
}

}  // namespace madang::app
