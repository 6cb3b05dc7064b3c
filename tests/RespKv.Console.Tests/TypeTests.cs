using Microsoft.Playwright;
using RespKv.TestKit.Server;
using static Microsoft.Playwright.Assertions;

namespace RespKv.Console.Tests;

/// <summary>Every type is made, seen and edited in the console; the server is asked over RESP what it holds.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TypeTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task A_binary_string_is_shown_in_hex_and_edited_byte_by_byte()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.CommandAsync("SET", "raw", "\u00ff\u0000A");
        await site.GoAsync("keys/0/raw");
        await Expect(site.Field("Value")).ToHaveValueAsync("ff 00 41");
        await site.Field("Value").FillAsync("ff 00 42 0g");
        await Expect(site.Text("\"g\" is no hexadecimal digit.")).ToBeVisibleAsync();
        await Expect(site.Button("Save")).ToBeDisabledAsync();
        await site.Field("Value").FillAsync("ff 00 42 0d");
        await site.Page.Keyboard.PressAsync("Control+s");
        await Expect(site.SavedNotice).ToBeVisibleAsync();
        Assert.Equal([0xff, 0, 0x42, 0x0d], (await site.CommandAsync("GET", "raw")).Bytes.ToArray());

        await site.Button("base64").ClickAsync();
        await Expect(site.Field("Value")).ToHaveValueAsync("/wBCDQ==");
        await site.Button("text").ClickAsync();
        await Expect(site.Text("These bytes are no UTF-8 text.")).ToBeVisibleAsync();
        site.Check();
    }

    [BrowserFact]
    public async Task A_hash_is_created_and_its_fields_are_added_changed_renamed_and_removed()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.GoAsync("keys/0");
        await site.Button("New key").ClickAsync();
        await site.Field("Key").FillAsync("user:1");
        await site.Dialog.GetByText("hash", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await site.Field("Field 1").FillAsync("name");
        await site.Field("Value 1").FillAsync("Ada");
        await site.DialogButton("One more").ClickAsync();
        await site.Field("Field 2").FillAsync("plan");
        await site.Field("Value 2").FillAsync("free");
        await site.DialogButton("Create").ClickAsync();
        await Expect(Row(site, "Ada")).ToBeVisibleAsync();
        await Expect(Row(site, "free")).ToBeVisibleAsync();

        await site.Button("Add field").ClickAsync();
        await site.Field("Field").FillAsync("city");
        await site.Field("Value").FillAsync("London");
        await site.DialogButton("Add").ClickAsync();
        await Row(site, "Ada").GetByTitle("Edit").ClickAsync();
        await site.Field("Value").FillAsync("Ada L.");
        await site.DialogButton("Save").ClickAsync();
        await Expect(Row(site, "Ada L.")).ToBeVisibleAsync();
        await Row(site, "free").GetByTitle("Edit").ClickAsync();
        await site.Field("Field").FillAsync("tier");
        await site.DialogButton("Save").ClickAsync();
        await Expect(Row(site, "tier")).ToBeVisibleAsync();
        await Row(site, "London").GetByTitle("Remove").ClickAsync();
        await site.DialogButton("Remove").ClickAsync();
        await Expect(Row(site, "London")).ToHaveCountAsync(0);
        Assert.Equal(["Ada L.", null, "free", null], await TextsAsync(site, "HMGET", "user:1", "name", "plan", "tier", "city"));
        site.Check();
    }

    [BrowserFact]
    public async Task A_list_grows_at_both_ends_and_loses_the_element_that_was_meant()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.CommandAsync("RPUSH", "jobs", "same", "other", "same");
        await site.GoAsync("keys/0/jobs");
        await site.Button("Add element").ClickAsync();
        await site.Dialog.GetByText("at the head").ClickAsync();
        await site.Field("Element").FillAsync("first");
        await site.DialogButton("Add").ClickAsync();
        await Expect(Row(site, "first")).ToBeVisibleAsync();
        await site.Button("Add element").ClickAsync();
        await site.Field("Element").FillAsync("last");
        await site.DialogButton("Add").ClickAsync();
        await Expect(Row(site, "last")).ToBeVisibleAsync();
        await Row(site, "other").GetByTitle("Edit").ClickAsync();
        await site.Field("Element").FillAsync("changed\nin two lines");
        await site.DialogButton("Save").ClickAsync();
        await Expect(Row(site, "changed\\nin two lines")).ToBeVisibleAsync();
        await site.Button("Remove element 4").ClickAsync();
        await site.DialogButton("Remove").ClickAsync();
        await Expect(Row(site, "same")).ToHaveCountAsync(1);
        Assert.Equal(["first", "same", "changed\nin two lines", "last"], await TextsAsync(site, "LRANGE", "jobs", "0", "-1"));
        site.Check();
    }

    [BrowserFact]
    public async Task Members_of_a_set_are_added_changed_and_removed_and_the_last_takes_the_key_along()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.CommandAsync("SADD", "tags", "red");
        await site.GoAsync("keys/0/tags");
        await site.Button("Add member").ClickAsync();
        await site.Field("Member").FillAsync("green");
        await site.DialogButton("Add").ClickAsync();
        await Row(site, "green").GetByTitle("Edit").ClickAsync();
        await site.Field("Member").FillAsync("blue");
        await site.DialogButton("Save").ClickAsync();
        await Expect(Row(site, "blue")).ToBeVisibleAsync();
        Assert.Equal(["blue", "red"], (await TextsAsync(site, "SMEMBERS", "tags")).Order());
        foreach (string member in new[] { "blue", "red" })
        {
            await Row(site, member).GetByTitle("Remove").ClickAsync();
            await site.DialogButton("Remove").ClickAsync();
            await Expect(Row(site, member)).ToHaveCountAsync(0);
        }

        await Expect(site.Text("This key does not exist")).ToBeVisibleAsync();
        site.Check();
    }

    [BrowserFact]
    public async Task Scores_of_a_sorted_set_are_changed_and_it_is_shown_from_either_end()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { ExpectsFailures = true });
        await site.CommandAsync("ZADD", "board", "1", "ann", "2", "bob", "3", "cy");
        await site.GoAsync("keys/0/board");
        await Row(site, "ann").GetByTitle("Edit").ClickAsync();
        await site.Field("Score").FillAsync("high");
        await site.DialogButton("Save").ClickAsync();
        await Expect(site.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("ERR value is not a valid float");
        await site.Field("Score").FillAsync("9.5");
        await site.DialogButton("Save").ClickAsync();
        await Expect(Row(site, "9.5")).ToBeVisibleAsync();
        await site.Button("Highest score first").ClickAsync();
        await Expect(site.Page.GetByRole(AriaRole.Row).First).ToContainTextAsync("ann");
        await Row(site, "bob").GetByTitle("Remove").ClickAsync();
        await site.DialogButton("Remove").ClickAsync();
        await Expect(Row(site, "bob")).ToHaveCountAsync(0);
        Assert.Equal(["cy", "3", "ann", "9.5"], await TextsAsync(site, "ZRANGE", "board", "0", "-1", "WITHSCORES"));
        site.Check();
    }

    [BrowserFact]
    public async Task A_large_list_and_a_large_hash_are_read_page_by_page_and_searched()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser);
        await site.SeedAsync([["RPUSH", "long", .. Enumerable.Range(0, 1500).Select(n => $"element-{n:D4}")]]);
        await site.SeedAsync([["HSET", "wide", .. Enumerable.Range(0, 1500).SelectMany(n => new[] { $"field-{n:D4}", "v" })]]);
        await site.GoAsync("keys/0/long");
        ILocator rows = site.Page.GetByRole(AriaRole.Table);
        await Poll.UntilAsync("the last element is in view", async () =>
        {
            await rows.EvaluateAsync("rows => rows.scrollTo(0, rows.scrollHeight)");
            return await Row(site, "element-1499").IsVisibleAsync();
        });

        await site.GoAsync("keys/0/wide");
        await site.Field("Find a field").FillAsync("-0777");
        await Expect(Row(site, "field-0777")).ToBeVisibleAsync();
        await Expect(site.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(1);
        site.Check();
    }

    private static ILocator Row(ConsoleSite site, string text) => site.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = text });

    private static async Task<IReadOnlyList<string?>> TextsAsync(ConsoleSite site, params string[] words)
        => [.. (await site.CommandAsync(words)).Items.Select(item => item.IsNull ? null : item.Text)];
}
