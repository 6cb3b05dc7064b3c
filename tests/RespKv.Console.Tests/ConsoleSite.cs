using Microsoft.Playwright;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Console.Tests;

/// <summary>How a console is looked at.</summary>
internal sealed record SiteOptions
{
    public IReadOnlyList<string> Directives { get; init; } = [];

    public int Width { get; init; } = 1280;

    public int Height { get; init; } = 800;

    public bool IsDark { get; init; }

    /// <summary>Whether the browser's own line about an answer of 4xx or a refused connection is no fault.</summary>
    public bool ExpectsFailures { get; init; }
}

/// <summary>
/// A server process and its console in a browser. <see cref="Check"/> looks at everything that the page
/// asked for and that the browser complained about.
/// </summary>
internal sealed class ConsoleSite : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly IBrowserContext _context;

    private ConsoleSite(TestServer server, IBrowserContext context, IPage page, SiteOptions options)
    {
        Server = server;
        _context = context;
        Page = page;
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(Origin, StringComparison.Ordinal))
            {
                _complaints.Add($"a request to {request.Url}");
            }
        };
        page.Console += (_, message) =>
        {
            bool isExpected = options.ExpectsFailures && message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal);
            if (message.Type is "error" or "warning" && !isExpected)
            {
                _complaints.Add($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _complaints.Add($"uncaught: {error}");
    }

    public TestServer Server { get; }

    public IPage Page { get; }

    public string Origin => $"http://127.0.0.1:{Server.HttpPort}/";

    public static async Task<ConsoleSite> OpenAsync(BrowserFixture fixture, SiteOptions? options = null)
    {
        options ??= new SiteOptions();
        TestServer server = await TestServer.StartAsync(new TestServerOptions
        {
            SpeaksHttp = true,
            Directives = [.. TestServerOptions.SmallSegments, .. options.Directives],
        });
        IBrowser browser = await fixture.GetAsync();
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = options.Width, Height = options.Height },
            ColorScheme = options.IsDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        context.SetDefaultTimeout(BrowserFixture.DeadlineMillis);
        return new ConsoleSite(server, context, await context.NewPageAsync(), options);
    }

    /// <summary>Opens a page of the console: <c>keys/0</c>, <c>live/0</c>.</summary>
    public Task GoAsync(string place) => Page.GotoAsync($"{Origin}#/{place}");

    /// <summary>A command over RESP, past the console. Strings are Latin-1.</summary>
    public async Task<RespValue> CommandAsync(params string[] words)
    {
        using RawClient client = await Server.ConnectAsync();
        return await client.CallAsync(words);
    }

    public async Task SeedAsync(IEnumerable<string[]> commands)
    {
        using RawClient client = await Server.ConnectAsync();
        using var bytes = new MemoryStream();
        int count = 0;
        foreach (string[] words in commands)
        {
            bytes.Write(RawClient.Encode(words));
            count++;
        }

        await client.SendRawAsync(bytes.ToArray());
        for (; count > 0; count--)
        {
            await client.ReadAsync();
        }
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Field(string label) => Page.Locator("input, textarea, select").And(Page.GetByLabel(label, new PageGetByLabelOptions { Exact = true }));

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public ILocator DialogButton(string name) => Dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true });

    public ILocator KeyList => Page.GetByRole(AriaRole.Listbox, new PageGetByRoleOptions { Name = "Keys in byte order" });

    public ILocator KeyRow(string key) => KeyList.GetByRole(AriaRole.Option).Filter(new LocatorFilterOptions { HasText = key });

    public ILocator Text(string text) => Page.GetByText(text, new PageGetByTextOptions { Exact = true });

    /// <summary>What is said after a write that the server has answered.</summary>
    public ILocator SavedNotice => Page.Locator(".notice").Filter(new LocatorFilterOptions { HasText = "Saved" }).First;

    /// <summary>Throws when the page asked anything of another server, or the browser reported an error or a violation of the policy.</summary>
    public void Check() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await Server.DisposeAsync();
    }
}
