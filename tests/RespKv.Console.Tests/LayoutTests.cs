using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RespKv.Console.Tests;

/// <summary>Widths, colours, the keyboard, and names for those who do not see the page.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LayoutTests(BrowserFixture browser)
{
    private static readonly string[] Pages = ["keys", "command", "live", "durability", "slowlog", "clients"];

    [BrowserFact]
    public async Task On_a_phone_no_page_is_wider_than_the_screen_and_everything_has_a_name()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { Width = 375, Height = 700, Directives = ["--slowlog-log-slower-than", "0"] });
        string longName = new('n', 300);
        await site.SeedAsync([["SET", longName, new string('v', 3000)], ["HSET", "h", new string('f', 200), new string('w', 500)], ["PING"]]);
        string[] places = [.. Pages.Select(page => $"{page}/0"), "keys/0/h", $"keys/0/{longName}"];
        foreach (string place in places)
        {
            await site.GoAsync(place);
            await Expect(site.Page.Locator(place.StartsWith("keys/0/", StringComparison.Ordinal) ? ".facts" : ".main > *").First).ToBeVisibleAsync();
            Assert.Equal(0, await site.Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
            Assert.Equal("[]", await NamelessAsync(site));
        }

        site.Check();
    }

    [BrowserFact]
    public async Task Dark_follows_the_system_until_the_switch_says_otherwise()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { IsDark = true });
        await site.GoAsync("live/0");
        Assert.True(await LightnessAsync(site) < 60);
        await site.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^Colours: as the system") }).ClickAsync();
        Assert.True(await LightnessAsync(site) > 200);
        await site.Page.ReloadAsync();
        await Expect(site.Page.Locator(".chart canvas")).ToHaveCountAsync(6);
        Assert.True(await LightnessAsync(site) > 200);
        site.Check();
    }

    [BrowserFact]
    public async Task Everything_is_reached_without_a_mouse()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.SeedAsync([["SET", "a:1", "x"], ["SET", "b:1", "x"], ["SET", "b:2", "second"]]);
        await site.GoAsync("keys/0");
        await Expect(site.KeyRow("b:2")).ToBeVisibleAsync();
        IKeyboard keyboard = site.Page.Keyboard;
        await keyboard.PressAsync("4");
        await Expect(site.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Durability" })).ToBeVisibleAsync();
        await keyboard.PressAsync("1");
        await Expect(site.KeyRow("b:2")).ToBeVisibleAsync();
        await keyboard.PressAsync("/");
        await keyboard.TypeAsync("b:");
        await Expect(site.Text("2 keys")).ToBeVisibleAsync();
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("Enter");
        await Expect(site.Field("Value")).ToHaveValueAsync("second");

        await keyboard.PressAsync("n");
        await Expect(site.Field("Key")).ToBeFocusedAsync();
        for (int presses = 0; presses < 20; presses++)
        {
            await keyboard.PressAsync("Tab");
            Assert.True(await site.Page.EvaluateAsync<bool>("document.activeElement === document.body || document.activeElement.closest('dialog') !== null"), "The focus left the dialog.");
        }

        await keyboard.PressAsync("Escape");
        await Expect(site.Dialog).ToBeHiddenAsync();
        await Expect(site.KeyList).ToBeFocusedAsync();
        await keyboard.PressAsync("Delete");
        await Expect(site.Dialog).ToContainTextAsync("b:2");
        await site.DialogButton("Delete").FocusAsync();
        await keyboard.PressAsync("Enter");
        await Expect(site.Text("1 key")).ToBeVisibleAsync();
        await keyboard.PressAsync("?");
        await Expect(site.Dialog).ToContainTextAsync("Keyboard");
        site.Check();
    }

    [BrowserFact]
    public async Task The_panels_show_what_the_server_reports()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { Directives = ["--slowlog-log-slower-than", "0"] });
        await site.SeedAsync([["CLIENT", "SETNAME", "billing"], ["SET", "k", "v"], ["SET", "k", "w"]]);
        await site.GoAsync("durability/0");
        ILocator positions = site.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Log positions" });
        await Expect(positions).ToContainTextAsync("Every answered write up to this LSN survives a crash and a power cut.");
        await Expect(positions.Locator(".position.strong .lsn")).ToHaveTextAsync("2");
        await site.Button("Make one now").ClickAsync();
        await Expect(positions.Locator(".lsn").First).ToHaveTextAsync("2");
        await site.GoAsync("slowlog/0");
        await Expect(site.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "SET k w" })).ToBeVisibleAsync();
        await site.GoAsync("clients/0");
        await Expect(site.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "client list" })).ToBeVisibleAsync();
        await site.GoAsync("live/0");
        await Expect(site.Page.Locator(".tile").Filter(new LocatorFilterOptions { HasText = "Keys" })).ToContainTextAsync("1");
        site.Check();
    }

    private static Task<int> LightnessAsync(ConsoleSite site)
        => site.Page.EvaluateAsync<int>("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");

    /// <summary>Controls in view that a screen reader could not name.</summary>
    private static async Task<string> NamelessAsync(ConsoleSite site)
    {
        JsonElement? found = await site.Page.EvaluateAsync(
            """
            () => [...document.querySelectorAll('a[href], button, input, select, textarea')]
              .filter((control) => control.getClientRects().length > 0)
              .filter((control) => !(control.getAttribute('aria-label') ?? '').trim() && !control.textContent.trim() && !(control.labels ?? []).length)
              .map((control) => control.outerHTML)
            """);
        return found?.ToString() ?? "";
    }
}
