using Microsoft.Playwright;
using RespKv.TestKit.Server;

namespace RespKv.Console.Tests;

/// <summary>One Chromium for all tests, started by the first that needs it. Its tests run one after another.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    /// <summary>For what is waited for in a page.</summary>
    public const int DeadlineMillis = 45_000;

    private IPlaywright? _driver;
    private IBrowser? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task<IBrowser> GetAsync()
    {
        if (_browser is null)
        {
            Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Machine.PathOf("PlaywrightDriver"));
            Environment.SetEnvironmentVariable("PLAYWRIGHT_NODEJS_PATH", Tool.Find("node"));
            _driver = await Playwright.CreateAsync();
            // Only ends a test that has failed, also where many other tests run.
            Assertions.SetDefaultExpectTimeout(DeadlineMillis);
            _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Tool.Find("chromium"), Args = Arguments });
        }

        return _browser;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _driver?.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
