using System.Globalization;
using Microsoft.Playwright;
using RespKv.TestKit.Server;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace RespKv.Console.Tests;

/// <summary>
/// Makes the pictures of docs/console. It runs only when RESPKV_PICTURES is set:
/// <c>RESPKV_PICTURES=1 dotnet test tests/RespKv.Console.Tests --filter FullyQualifiedName~PictureTests</c>.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class PictureTests(BrowserFixture browser)
{
    private static readonly string[] Names = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Niklaus", "Margaret"];

    /// <summary>Test data: the same in every picture.</summary>
    private readonly Random _random = new(7);

    [PictureFact]
    public async Task Pictures_of_every_page()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(
            browser, new SiteOptions { Width = 1280, Height = 800, ExpectsFailures = true, Directives = ["--slowlog-log-slower-than", "1500"] });
        await site.SeedAsync(Seed());
        await site.CommandAsync("BGSAVE");
        await Poll.UntilAsync("the checkpoint is done", async () => (await site.CommandAsync("INFO", "persistence")).Text.Contains("checkpoints:1", StringComparison.Ordinal));
        await site.SeedAsync(Enumerable.Range(1, 2500).Select(n => new[] { "HINCRBY", $"user:{(n % 1200) + 1:D5}", "visits", "1" }));

        // So that the last start has something to report.
        await site.Server.KillAsync();
        await site.Server.RestartAsync();
        using var end = new CancellationTokenSource();
        Task[] clients = [.. Enumerable.Range(0, 6).Select(n => WorkAsync(site, n, end.Token))];
        string[] lines =
        [
            "SET greeting \"hello world\" EX 3600", "HGETALL user:00007", "ZRANGE leaderboard:2026-11 0 3 REV WITHSCORES", "LPUSH greeting 1",
        ];

        await site.Page.WaitForTimeoutAsync(5_000);
        await site.CommandAsync("BGSAVE");
        await site.CommandAsync("SLOWLOG", "RESET");
        await site.GoAsync("live/0");
        await site.Page.WaitForTimeoutAsync(62_000);
        await TakeAsync(site, "live", dark: false);
        await TakeAsync(site, "live-dark", dark: true);
        await OpenAsync(site, "durability/0", ".positions");
        await HideDirectoryAsync(site);
        await TakeAsync(site, "durability", dark: false);
        await OpenAsync(site, "slowlog/0", ".data");
        await TakeAsync(site, "slowlog", dark: false);
        await OpenAsync(site, "clients/0", ".data");
        await TakeAsync(site, "clients", dark: false);
        await OpenAsync(site, "command/0", "#command-line");
        foreach (string line in lines)
        {
            await site.Field("Command").FillAsync(line);
            await site.Page.Keyboard.PressAsync("Enter");
            await site.Page.WaitForTimeoutAsync(300);
        }

        await site.Page.Locator("#command-line").PressSequentiallyAsync("ZRANGE leaderboard:2026-11 0 10 ");
        await TakeAsync(site, "command", dark: false);
        await TakeAsync(site, "command-dark", dark: true);
        await OpenAsync(site, "keys/0/user%3A00007", ".element-row");
        await TakeAsync(site, "keys", dark: false);
        await TakeAsync(site, "keys-dark", dark: true);
        await OpenAsync(site, "keys/0/image%3Alogo.png", "textarea");
        await TakeAsync(site, "string", dark: false);

        await site.Page.SetViewportSizeAsync(375, 720);
        await OpenAsync(site, "keys/0", ".key-row");
        await TakeAsync(site, "phone-keys", dark: false);
        await OpenAsync(site, "keys/0/user%3A00007", ".element-row");
        await TakeAsync(site, "phone-key-dark", dark: true);
        await OpenAsync(site, "live/0", ".chart canvas");
        await TakeAsync(site, "phone-live", dark: false);
        await OpenAsync(site, "durability/0", ".positions");
        await HideDirectoryAsync(site);
        await TakeAsync(site, "phone-durability-dark", dark: true);
        await end.CancelAsync();
        await Task.WhenAll(clients);
        site.Check();
    }

    private static async Task OpenAsync(ConsoleSite site, string place, string shown)
    {
        await site.GoAsync(place);
        await site.Page.Locator(shown).First.WaitForAsync();
        await site.Page.WaitForTimeoutAsync(1500);
    }

    /// <summary>The directory of the test is of no interest to a reader.</summary>
    private static async Task HideDirectoryAsync(ConsoleSite site)
        => await site.Page.EvaluateAsync("() => { document.querySelector('.panel header .clip[title^=\"/\"]').textContent = '/var/lib/respkv'; }");

    private static async Task TakeAsync(ConsoleSite site, string name, bool dark)
    {
        await site.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        await site.Page.WaitForTimeoutAsync(400);
        await site.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Machine.PathOf("Pictures"), $"{name}.png") });
        await site.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
    }

    /// <summary>A client with a name that works in waves, so that the charts have something to show.</summary>
    private static async Task WorkAsync(ConsoleSite site, int number, CancellationToken cancel)
    {
        string[] names = ["web-1", "web-2", "reports", "mailer", "search", "cron"];
        using RawClient client = await site.Server.ConnectAsync();
        await client.CallAsync("CLIENT", "SETNAME", names[number]);
        string[][] reports = [["KEYS", "user:*7"], ["ZRANGE", "leaderboard:2026-11", "0", "-1", "WITHSCORES"], ["LRANGE", "queue:mail", "0", "-1"], ["SORT", "tags:durable", "ALPHA"]];
        var random = new Random(number);
        for (int turn = 0; !cancel.IsCancellationRequested; turn++)
        {
            string user = $"user:{random.Next(1, 1200):D5}";
            if (number == 2 && turn % 50 == 49)
            {
                await client.CallAsync(reports[turn / 50 % reports.Length]);
            }

            await client.CallAsync(number % 3 == 0 ? ["HGETALL", user] : ["HINCRBY", user, "visits", "1"]);
            await Task.Delay(1 + (int)(9 * (1 + Math.Sin((turn / 300.0) + number))), CancellationToken.None);
        }
    }

    private IEnumerable<string[]> Seed()
    {
        yield return ["SET", "config:feature-flags", "{\n  \"newCheckout\": true,\n  \"darkMode\": \"system\"\n}"];
        yield return ["SET", "counter:visits", "184223"];
        yield return ["SET", "image:logo.png", $"\u0089PNG\r\n\u001a\n{string.Concat(Enumerable.Range(0, 90).Select(_ => (char)_random.Next(256)))}"];
        for (int n = 1; n <= 1200; n++)
        {
            string created = string.Create(CultureInfo.InvariantCulture, $"2026-{_random.Next(1, 12):D2}-{_random.Next(1, 29):D2}");
            yield return ["HSET", $"user:{n:D5}", "name", Names[_random.Next(Names.Length)], "mail", $"user{n}@example.org", "plan", n % 7 == 0 ? "business" : "free", "created", created];
        }

        for (int n = 0; n < 40; n++)
        {
            yield return ["SET", $"cart:{_random.Next():x8}", $"{{\"items\":{_random.Next(1, 9)}}}", "EX", $"{_random.Next(600, 90_000)}"];
        }

        for (int n = 0; n < 3000; n++)
        {
            yield return ["SET", $"page:/articles/{n:D4}", $"<article><h1>Article {n}</h1></article>"];
        }

        for (int n = 0; n < 2000; n++)
        {
            yield return ["ZADD", "leaderboard:2026-11", $"{_random.Next(10, 99_999)}", $"player:{n:D4}"];
        }

        yield return ["RPUSH", "queue:mail", .. Enumerable.Range(0, 300).Select(n => $"{{\"to\":\"user{n}@example.org\",\"template\":\"welcome\"}}")];
        yield return ["SADD", "tags:durable", .. Enumerable.Range(0, 200).Select(n => $"article:{n * 13:D4}")];
    }
}

/// <summary>A picture is made on demand: without RESPKV_PICTURES there is no such test.</summary>
[XunitTestCaseDiscoverer("RespKv.Console.Tests.PictureDiscoverer", "RespKv.Console.Tests")]
public sealed class PictureFactAttribute : FactAttribute;

/// <summary>Finds a <see cref="PictureFactAttribute"/>'s test only when pictures are asked for.</summary>
public sealed class PictureDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
        => Environment.GetEnvironmentVariable("RESPKV_PICTURES") is null
            ? []
            : [new XunitTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
