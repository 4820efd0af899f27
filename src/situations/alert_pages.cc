#include "situations/alert_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <span>

#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/banner.h"
#include "situations/alert_sections.h"
#include "situations/feed.h"
#include "situations/limits.h"
#include "situations/phrases.h"
#include "situations/picture/picture.h"
#include "situations/unjudged.h"

namespace madang::situations {
namespace {

using web::Request;
using web::Response;
using web::markup::element;
using web::markup::Html;
using web::markup::pieces;

constexpr std::string_view kCapEnding = ".cap";
constexpr std::string_view kPictureEnding = ".svg";

/// "7", or "7-3" for one message of it.
struct AlertName {
  SituationId situation;
  std::optional<std::int64_t> version;
};
Result<AlertName> alert_name(std::string_view text) {
  auto const dash = text.find('-');
  auto const id = parse_int(text.substr(0, dash));
  auto const version = dash == std::string_view::npos ? std::optional<std::int64_t>{} : parse_int(text.substr(dash + 1));
  if (!id || *id < 1 || (dash != std::string_view::npos && !version)) return runtime::refuse(Code::kNotFound, "refusal.alert.none");
  return AlertName{SituationId{*id}, version};
}

struct AlertPages {
  RouteNeeds needs;

  /// Open ones, what needs somebody first, then those that ended within the last days.
  Result<std::vector<SituationPtr>> shown() const {
    ListQuery const lasting{.open_only = true, .public_only = true, .limit = kOpenMax};
    MADANG_TRY(auto all, needs.situations.list(lasting));
    ListQuery const recent{.public_only = true,
                           .when = Interval{needs.clock.now() - kEndedShownFor, kInstantMax},
                           .limit = kEndedListMax};
    MADANG_TRY(auto const newest, needs.situations.list(recent));
    for (auto const& s : newest)
      if (!is_open(s->state)) all.push_back(s);
    return all;
  }

  [[nodiscard]] Response page(Request const& request, web::Reader const& reader, std::string const& path, std::string const& title,
                              Html const& main, int status = 200) const {
    web::Voice const voice{needs.messages, reader.language};
    auto const city = needs.publisher.city.in(reader.language);
    auto const skip = element("a", {{"class", "skip"}, {"href", "#main"}}, voice.say("public.skip"));
    return web::page_response(reader, title, voice.say("alerts.lead"),
                              pieces(skip, web::page_top(reader, needs.messages, city, path, web::links_of(needs.navigation, voice, request.who, path)),
                                     element("main", {{"id", "main"}}, element("h1", {}, title), main)),
                              status);
  }

  [[nodiscard]] PageContext context_for(web::Reader const& reader) const {
    return {{needs.messages, reader.language}, needs.city, needs.clock.now()};
  }

  /// How far into a list somebody has read on: ?open=12, ?over=30.
  static std::size_t skipped(Request const& request, char const* list, std::size_t all) {
    auto const text = request.query_value(list);
    auto const skip = text ? parse_int(*text) : std::nullopt;
    return skip && *skip > 0 && static_cast<std::size_t>(*skip) < all ? static_cast<std::size_t>(*skip) : 0;
  }

  /// As many as the page has room for from `skip` on; the rest is counted and one link away.
  static Html group(PageContext const& context, char const* list, std::span<SituationPtr const> all, std::size_t skip,
                    std::size_t& bytes_left) {
    Html out;
    auto const address = [&](std::size_t from) {
      return fmt::format("/alerts?lang={}&{}={}#{}", context.voice.language, list, from, list);
    };
    if (skip > 0)
      out += element("p", {}, element("a", {{"href", address(0)}}, context.voice.say("alerts.from_first", {{"count", static_cast<std::int64_t>(skip)}})));
    auto shown = skip;
    for (; shown < all.size(); ++shown) {
      auto const piece = short_piece(context, *all[shown]);
      if (piece.markup().size() > bytes_left && shown > skip) break;
      bytes_left -= std::min(bytes_left, piece.markup().size());
      out += piece;
    }
    auto const more = static_cast<std::int64_t>(all.size() - shown);
    if (more > 0) out += element("p", {}, element("a", {{"href", address(shown)}}, context.voice.say("alerts.more", {{"count", more}})));
    return out;
  }

  static Html heading(char const* id, std::string const& text, bool empty, std::string const& none) {
    Html out = element("h2", {{"id", id}}, text);
    if (empty) out += element("p", {}, none);
    return out;
  }

  Result<Response> list(Request const& request) const {
    auto const reader = web::reader_of(request, needs.messages);
    auto const context = context_for(reader);
    auto const& voice = context.voice;
    MADANG_TRY(auto const all, shown());
    std::vector<SituationPtr> open;
    std::vector<SituationPtr> over;
    for (auto const& s : all) (is_open(s->state) ? open : over).push_back(s);
    // What needs somebody stands above what is only rehearsed, however severe.
    std::ranges::stable_partition(open, [](SituationPtr const& s) { return !s->signal.simulated; });
    auto const blind = unjudged(needs.situations);
    auto const feed = element("p", {}, element("a", {{"href", "/alerts.atom?lang=" + reader.language}}, voice.say("alerts.feed")));
    Html main = pieces(
        element("p", {{"class", "lead"}}, voice.say("alerts.lead")),
        element("p", {{"class", "asof"}}, voice.say("public.as_of", {{"time", context.now}}),
                element("a", {{"href", "/alerts"}}, voice.say("public.refresh"))),
        simulated_notice(context, all), unjudged_notice(voice, blind),
        heading("open", voice.say("alerts.now"), open.empty(), voice.say(blind.empty() ? "alerts.none" : "alerts.none_judged")));
    std::size_t bytes_left = kPagePiecesBytes;
    // Who reads on in one list sees it alone.
    auto const skip_over = skipped(request, "over", over.size());
    if (skip_over > 0 && !open.empty())
      main += element("p", {}, element("a", {{"href", "/alerts#open"}}, banner_text(voice, open)));
    if (skip_over == 0) main += group(context, "open", open, skipped(request, "open", open.size()), bytes_left);
    main += heading("over", voice.say("alerts.over"), over.empty(), voice.say("alerts.none_over"));
    main += group(context, "over", over, skip_over, bytes_left);
    main += feed;
    return page(request, reader, "/alerts", voice.say("alerts.title", {{"city", needs.publisher.city.in(reader.language)}}), main);
  }

  Result<Response> one(Request const& request) const {
    auto const text = request.parameter("id");
    if (text.ends_with(kCapEnding)) return message(request, text.substr(0, text.size() - kCapEnding.size()));
    if (text.ends_with(kPictureEnding)) return picture(request, text.substr(0, text.size() - kPictureEnding.size()));
    auto const reader = web::reader_of(request, needs.messages);
    auto const context = context_for(reader);
    auto const back = element("p", {}, element("a", {{"href", "/alerts"}}, context.voice.say("alerts.all")));
    auto const found = find(text);
    if (!found && found.error().code != Code::kNotFound) return fail(found.error());
    if (!found)
      return page(request, reader, "/alerts", context.voice.say("alerts.unknown_title"),
                  pieces(element("p", {}, context.voice.say("alerts.unknown")), back), 404);
    auto const& s = **found;
    MADANG_TRY(auto const timeline, needs.situations.timeline(s.id));
    auto const path = fmt::format("/alerts/{}", s.id.value());
    auto const cap = element("p", {}, element("a", {{"href", path + std::string{kCapEnding}}}, context.voice.say("alerts.cap_link")));
    return page(request, reader, path, headline_text(s.signal, {needs.messages, reader.language}),
                pieces(simulated_notice(context, std::span{&*found, 1}), long_piece(context, s, timeline), cap, back));
  }

  /// What the public is told of a Situation, as a map: its evidence stays inside here as it does in the API.
  [[nodiscard]] Result<Response> picture(Request const& request, std::string_view text) const {
    MADANG_TRY(auto const found, find(text));
    return picture_response(request, *found, needs, Audience::kPublic);
  }

  [[nodiscard]] Result<SituationPtr> find(std::string_view text) const {
    MADANG_TRY(auto const name, alert_name(text));
    MADANG_TRY(auto found, needs.situations.find(name.situation));
    if (name.version || !shown_to_public(*found)) return runtime::refuse(Code::kNotFound, "refusal.alert.none");
    return found;
  }

  /// The newest, or the one named. What was published once stays readable, also when its Situation is public no more.
  [[nodiscard]] Result<Response> message(Request const& request, std::string_view text) const {
    MADANG_TRY(auto name, alert_name(text));
    if (!name.version) {
      MADANG_TRY(name.version, newest_version(name.situation));
    }
    MADANG_TRY(auto xml, needs.alerts.xml(name.situation, *name.version));
    Response response;
    response.content_type = "application/cap+xml";
    response.body = std::move(xml);
    // Not for ever: a server restored from a backup gives its numbers again.
    response.headers.emplace_back("Cache-Control", "no-cache");
    return web::with_etag(request, std::move(response));
  }

  [[nodiscard]] Result<std::int64_t> newest_version(SituationId id) const {
    MADANG_TRY(auto const newest, needs.alerts.newest(id, id));
    if (newest.empty()) return runtime::refuse(Code::kNotFound, "refusal.alert.no_message", {{"id", std::to_string(id.value())}});
    return newest.begin()->second.version;
  }

  Result<Response> feed(Request const& request) const {
    auto const reader = web::reader_of(request, needs.messages);
    MADANG_TRY(auto const all, shown());
    std::vector<FeedEntry> entries;
    if (!all.empty()) {
      auto const [first, last] = std::ranges::minmax(all, {}, [](SituationPtr const& s) { return s->id; });
      MADANG_TRY(auto const newest, needs.alerts.newest(first->id, last->id));
      for (auto const& s : all)
        if (auto const message = newest.find(s->id); message != newest.end()) entries.push_back({s, message->second});
    }
    // What needs somebody most is kept where not all fit; the page has the others. Readers of feeds want the newest first.
    if (entries.size() > kFeedEntriesMax) entries.resize(kFeedEntriesMax);
    std::ranges::stable_sort(entries, std::greater{}, [](FeedEntry const& e) { return e.message.sent; });
    Response response;
    response.content_type = "application/atom+xml; charset=utf-8";
    auto publisher = needs.publisher;
    if (publisher.base_address.empty()) publisher.base_address = request.prefix;
    response.body = atom_feed(entries, {needs.messages, publisher, reader.language}, needs.clock.now());
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("Vary", "Accept-Language, Cookie");
    return web::with_etag(request, std::move(response));
  }
};

}  // namespace

Result<Response> picture_response(Request const& request, Situation const& s, RouteNeeds const& needs, Audience audience) {
  auto const reader = web::reader_of(request, needs.messages);
  PictureContext const context{{needs.messages, reader.language}, needs.city};
  Response response;
  response.content_type = "image/svg+xml";
  response.body = evidence_picture(s, context, {.audience = audience, .theme = theme_of(request.query_value("theme"))});
  // Opened by itself it is a document: nothing in it may run or fetch.
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'");
  response.headers.emplace_back("Cache-Control", audience == Audience::kPublic ? "no-cache" : "private, no-cache");
  response.headers.emplace_back("Content-Language", reader.language);
  response.headers.emplace_back("Vary", "Accept-Language, Cookie");
  return web::with_etag(request, std::move(response));
}

web::Routes alert_routes(RouteNeeds const& needs) {
  AlertPages const pages{needs};
  web::Routes r;
  r.get<web::Access::kPublic>("/alerts", [pages](Request const& q) { return pages.list(q); });
  r.get<web::Access::kPublic>("/alerts/{id}", [pages](Request const& q) { return pages.one(q); });
  r.get<web::Access::kPublic>("/alerts.atom", [pages](Request const& q) { return pages.feed(q); });
  return r;
}

}  // namespace madang::situations
