// Many threads at once: answers from elsewhere, events from several senders, a stop in the middle of it all.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::web {
namespace {

using test::EventClient;
using test::HttpClient;
using test::WebServer;

/// Answers requests in batches from threads of its own, as the group commit does.
class Answerer {
 public:
  Answerer() {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Answerer() {
    {
      std::scoped_lock const lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  Answerer(Answerer const&) = delete;
  Answerer& operator=(Answerer const&) = delete;

  void later(Request request, Done done) {
    {
      std::scoped_lock const lock(mutex_);
      waiting_.emplace_back(std::move(request), std::move(done));
    }
    wake_.notify_one();
  }

 private:
  void work() {
    for (;;) {
      std::deque<std::pair<Request, Done>> batch;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        batch.swap(waiting_);
      }
      for (auto& [request, done] : batch) done(json(request.body, 201));
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<Request, Done>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

Routes busy_routes(Answerer& answerer) {
  Routes r;
  r.post_async<Access::kPublic>("/async", [&](Request q, Done done) { answerer.later(std::move(q), std::move(done)); });
  r.get<Access::kPublic>("/read", [](Request const&) -> Result<Response> { return json(std::string(3'000, '1')); });
  r.get<Access::kPublic>("/inline", [](Request const&) -> Result<Response> { return json("1"); }, Work::kInline);
  return r;
}

/// Asks until the server goes away; every answer that comes must be whole. Returns how many came.
int ask_until_closed(std::uint16_t port, int client) {
  int answers = 0;
  try {
    HttpClient http(port);
    for (;; ++answers) {
      auto const body = std::to_string(client * 100'000 + answers);
      auto const answer = http.post("/async", body);
      if (answer.status != 503 && answer.body != body) return -1;
      if (http.get("/read").status == 0 || http.get("/inline").body != "1") return -1;
    }
  } catch (std::runtime_error const&) {
    return answers;
  }
}

TEST(threads, answers_from_other_threads_reach_the_right_request) {
  Answerer answerer;
  WebServer server(busy_routes(answerer));
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> clients;
  for (int c = 0; c < 4; ++c)
    clients.emplace_back([&, c] {
      HttpClient http(server.port());
      for (int i = 0; i < 200; ++i) {
        auto const body = std::to_string(c * 1000 + i);
        wrong += http.post("/async", body).body == body ? 0 : 1;
      }
    });
  clients.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(threads, a_stop_under_load_ends_in_order) {
  Answerer answerer;
  WebServer server(busy_routes(answerer));
  std::atomic<int> ended = 0;
  std::atomic<int> answers = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> clients;
  for (int c = 0; c < 6; ++c)
    clients.emplace_back([&, c] {
      int const got = ask_until_closed(server.port(), c);
      wrong += got < 0 ? 1 : 0;
      answers += got;
      ++ended;
    });
  HttpClient watcher(server.port());
  for (int i = 0; i < 100; ++i) watcher.get("/inline");
  server.server().stop();
  clients.clear();
  EXPECT_EQ(ended, 6);
  EXPECT_EQ(wrong, 0);
}

TEST(threads, answers_after_the_servers_end_are_ignored) {
  Done kept;
  {
    std::atomic<bool> asked = false;
    Routes r;
    r.post_async<Access::kPublic>("/never", [&](Request const&, Done done) {
      kept = std::move(done);
      asked = true;
    });
    ServerOptions options;
    options.limits.stop_wait = std::chrono::milliseconds{20};
    WebServer server(std::move(r), options);
    HttpClient client(server.port());
    client.send_raw("POST /never HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    while (!asked) std::this_thread::yield();
    server.server().stop();
  }
  kept(json("too late"));
}

TEST(threads, events_of_several_senders_all_arrive) {
  constexpr int kSenders = 3;
  constexpr int kEvents = 200;
  std::mutex mutex;
  std::vector<std::shared_ptr<EventSink>> sinks;
  Routes r;
  r.stream<Access::kPublic>("/live", [&](Request const&, std::shared_ptr<EventSink> sink) -> Result<void> {
    std::scoped_lock const lock(mutex);
    sink->send({"first", ""});
    sinks.push_back(std::move(sink));
    return {};
  });
  WebServer server(std::move(r));
  EventClient listener(server.port(), "/live");
  listener.next();
  {
    std::vector<std::jthread> senders;
    for (int s = 0; s < kSenders; ++s)
      senders.emplace_back([&] {
        for (int i = 0; i < kEvents; ++i) sinks.front()->send({"n", "1"});
      });
  }
  int got = 0;
  while (got < kSenders * kEvents && listener.next()) ++got;
  EXPECT_EQ(got, kSenders * kEvents);
  server.server().stop();
  EXPECT_FALSE(sinks.front()->send({"n", "2"}));
}

}  // namespace
}  // namespace madang::web
