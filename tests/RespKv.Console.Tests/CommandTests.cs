using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RespKv.Console.Tests;

/// <summary>The command page.</summary>
[Collection(BrowserCollection.Name)]
public sealed class CommandTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task A_command_is_completed_from_COMMAND_DOCS_and_a_key_from_the_keys()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.SeedAsync([["ZADD", "scores:today", "1", "ann", "2", "bob"]]);
        await site.GoAsync("command/0");
        ILocator line = site.Field("Command");
        await Expect(line).ToBeFocusedAsync();
        await line.PressSequentiallyAsync("zrang");
        await Expect(Suggestion(site, "ZRANGEBYLEX")).ToBeVisibleAsync();
        await site.Page.Keyboard.PressAsync("Tab");
        await Expect(line).ToHaveValueAsync("ZRANGE ");
        await Expect(site.Page.Locator("#command-syntax")).ToContainTextAsync("key start stop [BYSCORE | BYLEX] [REV]");
        await line.PressSequentiallyAsync("sco");
        await Expect(Suggestion(site, "scores:today")).ToBeVisibleAsync();
        await site.Page.Keyboard.PressAsync("Tab");
        await line.PressSequentiallyAsync("0 -1 WITHS");
        await Expect(Suggestion(site, "WITHSCORES")).ToBeVisibleAsync();
        await site.Page.Keyboard.PressAsync("Tab");
        await site.Page.Keyboard.PressAsync("Enter");
        ILocator reply = site.Page.GetByRole(AriaRole.Article);
        await Expect(reply).ToContainTextAsync("ZRANGE scores:today 0 -1 WITHSCORES");
        await Expect(reply.GetByText("\"bob\"")).ToBeVisibleAsync();
        site.Check();
    }

    [BrowserFact]
    public async Task Replies_are_shown_by_type_and_errors_as_the_server_says_them()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { ExpectsFailures = true });
        await site.GoAsync("command/0");
        await RunAsync(site, "SET \"two words\" \"\\xff\\x00\"");
        await RunAsync(site, "GET \"two words\"");
        await RunAsync(site, "LPUSH \"two words\" 1");
        await RunAsync(site, "GET missing");
        await RunAsync(site, "STRLEN \"two words\"");
        ILocator runs = site.Page.GetByRole(AriaRole.Article);
        await Expect(runs.Nth(0)).ToContainTextAsync("LSN 1");
        await Expect(runs.Nth(1).Locator(".run-reply")).ToHaveTextAsync("\"\\xff\\x00\"");
        await Expect(runs.Nth(2).Locator(".run-reply")).ToHaveTextAsync("WRONGTYPE Operation against a key holding the wrong kind of value");
        await Expect(runs.Nth(3).Locator(".run-reply")).ToHaveTextAsync("nil");
        await Expect(runs.Nth(4).Locator(".run-reply")).ToHaveTextAsync("2");

        await site.Page.Keyboard.PressAsync("ArrowUp");
        await site.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(site.Field("Command")).ToHaveValueAsync("GET missing");
        site.Check();
    }

    [BrowserFact]
    public async Task Clearing_a_database_asks_first()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.CommandAsync("SET", "k", "v");
        await site.GoAsync("command/0");
        await site.Field("Command").FillAsync("FLUSHALL");
        await site.Button("Run").ClickAsync();
        await site.DialogButton("Cancel").ClickAsync();
        Assert.Equal(1, (await site.CommandAsync("DBSIZE")).Integer);
        await site.Button("Run").ClickAsync();
        await site.DialogButton("Run").ClickAsync();
        await Expect(site.Page.GetByRole(AriaRole.Article)).ToContainTextAsync("\"OK\"");
        Assert.Equal(0, (await site.CommandAsync("DBSIZE")).Integer);
        site.Check();
    }

    private static ILocator Suggestion(ConsoleSite site, string name)
        => site.Page.GetByRole(AriaRole.Listbox, new PageGetByRoleOptions { Name = "Completions" }).GetByText(name, new LocatorGetByTextOptions { Exact = true });

    private static async Task RunAsync(ConsoleSite site, string line)
    {
        ILocator runs = site.Page.GetByRole(AriaRole.Article);
        int before = await runs.CountAsync();
        await site.Field("Command").FillAsync(line);
        await site.Page.Keyboard.PressAsync("Escape");
        await site.Page.Keyboard.PressAsync("Enter");
        await Expect(runs).ToHaveCountAsync(before + 1);
    }
}
