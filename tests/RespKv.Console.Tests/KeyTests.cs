using System.Globalization;
using Microsoft.Playwright;
using RespKv.TestKit.Server;
using static Microsoft.Playwright.Assertions;

namespace RespKv.Console.Tests;

/// <summary>Keys: made, found, edited, deleted, and there again after a crash.</summary>
[Collection(BrowserCollection.Name)]
public sealed class KeyTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task A_key_set_in_the_console_is_seen_again_after_kill_9_and_a_restart()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { ExpectsFailures = true });
        await site.GoAsync("keys/0");
        await Expect(site.Text("This database is empty")).ToBeVisibleAsync();
        await site.Button("New key").ClickAsync();
        await site.Field("Key").FillAsync("order:42");
        await site.Field("Value").FillAsync("paid");
        await site.DialogButton("Create").ClickAsync();
        await Expect(site.KeyRow("order:42")).ToBeVisibleAsync();

        await site.Server.KillAsync();
        await Expect(site.Page.GetByText("No answer. Trying again…")).ToBeVisibleAsync();
        await site.Server.RestartAsync();
        await Expect(site.Page.GetByText("No answer. Trying again…")).ToBeHiddenAsync();

        await site.Page.ReloadAsync();
        await site.KeyRow("order:42").ClickAsync();
        await Expect(site.Field("Value")).ToHaveValueAsync("paid");
        site.Check();
    }

    [BrowserFact]
    public async Task Five_thousand_keys_are_scrolled_through_with_few_rows_in_the_page()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.SeedAsync(Enumerable.Range(0, 5000).Select(n => new[] { "SET", Key(n), "v" }));
        await site.GoAsync("keys/0");
        await Expect(site.KeyRow(Key(0))).ToBeVisibleAsync();
        await Poll.UntilAsync("the last key is in view", async () =>
        {
            await site.KeyList.EvaluateAsync("rows => rows.scrollTo(0, rows.scrollHeight)");
            return await site.KeyRow(Key(4999)).IsVisibleAsync();
        });

        await Expect(site.Text("5,000 keys")).ToBeVisibleAsync();
        Assert.InRange(await site.KeyList.GetByRole(AriaRole.Option).CountAsync(), 10, 120);
        await site.Page.GetByPlaceholder("Prefix").FillAsync("item:0012");
        await Expect(site.Text("10 keys")).ToBeVisibleAsync();
        await Expect(site.KeyRow(Key(129))).ToBeVisibleAsync();
        site.Check();

        static string Key(int n) => string.Create(CultureInfo.InvariantCulture, $"item:{n:D5}");
    }

    [BrowserFact]
    public async Task Deleting_asks_first_and_cancel_keeps_the_key()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.CommandAsync("SET", "kept", "1");
        await site.GoAsync("keys/0/kept");
        await Expect(site.Field("Value")).ToHaveValueAsync("1");
        await site.Button("Delete").ClickAsync();
        await Expect(site.Dialog.GetByText("Delete this key?")).ToBeVisibleAsync();
        await site.DialogButton("Cancel").ClickAsync();
        await Expect(site.Dialog).ToBeHiddenAsync();
        Assert.Equal(1, (await site.CommandAsync("EXISTS", "kept")).Integer);

        await site.Button("Delete").ClickAsync();
        await site.DialogButton("Delete").ClickAsync();
        await Expect(site.Text("No key is open")).ToBeVisibleAsync();
        await Expect(site.KeyRow("kept")).ToHaveCountAsync(0);
        Assert.Equal(0, (await site.CommandAsync("EXISTS", "kept")).Integer);
        site.Check();
    }

    [BrowserFact]
    public async Task A_time_to_live_is_set_and_taken_away_and_a_key_is_renamed_but_not_over_another()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { ExpectsFailures = true });
        await site.SeedAsync([["SET", "a", "1"], ["SET", "taken", "2"]]);
        await site.GoAsync("keys/0/a");
        await site.Button("Time to live").ClickAsync();
        await site.Field("Time to live").FillAsync("2");
        await site.Dialog.GetByLabel("Unit of the time to live").SelectOptionAsync("hours");
        await site.DialogButton("Set").ClickAsync();
        await Expect(site.Dialog).ToBeHiddenAsync();
        Assert.InRange((await site.CommandAsync("TTL", "a")).Integer, 7100, 7200);

        await site.Button("Time to live").ClickAsync();
        await site.Field("Time to live").FillAsync("");
        await site.DialogButton("Keep for good").ClickAsync();
        await Expect(site.Text("none, it stays")).ToBeVisibleAsync();
        Assert.Equal(-1, (await site.CommandAsync("TTL", "a")).Integer);

        await site.Button("Rename").ClickAsync();
        await site.Field("New name").FillAsync("taken");
        await site.DialogButton("Rename").ClickAsync();
        await Expect(site.Dialog.GetByText("There is a key of this name.")).ToBeVisibleAsync();
        await site.Field("New name").FillAsync("renamed");
        await site.DialogButton("Rename").ClickAsync();
        await Expect(site.KeyRow("renamed")).ToBeVisibleAsync();
        Assert.Equal("1", (await site.CommandAsync("GET", "renamed")).Text);
        Assert.Equal("2", (await site.CommandAsync("GET", "taken")).Text);
        site.Check();
    }

    [BrowserFact]
    public async Task A_key_that_exists_is_not_created_over_and_the_dialog_says_what_the_server_says()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { ExpectsFailures = true });
        await site.CommandAsync("SET", "there", "old");
        await site.GoAsync("keys/0");
        await site.Button("New key").ClickAsync();
        await site.Field("Key").FillAsync("there");
        await site.DialogButton("Create").ClickAsync();
        await Expect(site.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("the key is there; nothing was written");
        Assert.Equal("old", (await site.CommandAsync("GET", "there")).Text);
        site.Check();
    }

    [BrowserFact]
    public async Task What_somebody_else_changed_meanwhile_is_not_written_over_without_a_question()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { ExpectsFailures = true });
        await site.CommandAsync("SET", "shared", "first", "EX", "1000");
        await site.GoAsync("keys/0/shared");
        await Expect(site.Field("Value")).ToHaveValueAsync("first");
        await site.CommandAsync("SET", "shared", "theirs", "KEEPTTL");
        await site.Field("Value").FillAsync("mine");
        await site.Button("Save").ClickAsync();
        await Expect(site.Page.GetByText("Someone changed this key while you were editing it.")).ToBeVisibleAsync();
        Assert.Equal("theirs", (await site.CommandAsync("GET", "shared")).Text);

        await site.Button("Write mine over it").ClickAsync();
        await Expect(site.SavedNotice).ToBeVisibleAsync();
        Assert.Equal("mine", (await site.CommandAsync("GET", "shared")).Text);
        Assert.InRange((await site.CommandAsync("TTL", "shared")).Integer, 900, 1000);
        site.Check();
    }
}
